"""A sign-in on https, and who may press the sign-out button."""

from datetime import timedelta

import pytest

from backend.auth.sessions.repository import key_of
from tests.backend.auth.realm import ANA, FakeRealm, asked_of, grant
from tests.backend.auth.rig import Rig, cookie_of, rig_of

SITE = "https://cinema.example"
FLAGS = "; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.fixture
def realm() -> FakeRealm:
    return FakeRealm()


@pytest.fixture
def rig(realm: FakeRealm) -> Rig:
    return rig_of({"identity:8180": realm}, public_url=SITE)


async def test_sign_in_pins_its_cookies_to_the_host(rig, realm):
    begun = await rig.http.get("/auth/sign-in?return_to=/en/tickets")
    asked = asked_of(begun.headers["location"])
    binding = begun.headers["set-cookie"]
    name, value = cookie_of(binding)
    realm.claims = {"nonce": asked["nonce"]}

    ended = await rig.http.get(
        f"/auth/callback?state={asked['state']}&code=c", headers={"Cookie": f"{name}={value}"}
    )

    session = ended.headers["set-cookie"]
    assert asked["redirect_uri"] == f"{SITE}/auth/callback"
    assert binding == f"__Host-mm-auth-sign-in={value}{FLAGS}; Max-Age=1800"
    assert ended.headers["location"] == f"{SITE}/en/tickets"
    assert session == f"__Host-mm-auth-session={cookie_of(session)[1]}{FLAGS}"


async def test_answer_that_comes_too_late_is_refused(realm):
    rig = rig_of({"identity:8180": realm}, sign_in_within=timedelta(0))
    begun = await rig.http.get("/auth/sign-in?return_to=/en/tickets")
    state = asked_of(begun.headers["location"])["state"]
    name, value = cookie_of(begun.headers["set-cookie"])

    ended = await rig.http.get(
        f"/auth/callback?state={state}&code=c", headers={"Cookie": f"{name}={value}"}
    )

    assert ended.headers["location"] == "http://localhost:8081/?signin=expired"
    assert realm.asked == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": SITE}, 303),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://cinema.example"}, 403),
        ({"Origin": "https://cinema.example.evil.example"}, 403),
        ({"Origin": "https://cinema.example:8443"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": SITE, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_sign_out_is_pressed_on_our_pages(rig, headers, status):
    cookie = await rig.parts.sessions.store.begin(grant(), ANA)
    csrf = rig.parts.csrf.token(key_of(cookie))

    response = await rig.http.post(
        "/auth/sign-out",
        data={"csrf": csrf},
        headers={"Cookie": f"__Host-mm-auth-session={cookie}", **headers},
    )

    is_over = await rig.parts.sessions.store.find(key_of(cookie)) is None
    assert (response.status_code, is_over) == (status, status == 303)


async def test_sign_out_drops_every_cookie(rig):
    cookie = await rig.parts.sessions.store.begin(grant(), ANA)

    response = await rig.http.post(
        "/auth/sign-out",
        data={"csrf": rig.parts.csrf.token(key_of(cookie))},
        headers={"Cookie": f"__Host-mm-auth-session={cookie}"},
    )

    assert response.headers.get_list("set-cookie") == [
        f"__Host-mm-auth-{name}={FLAGS}; Max-Age=0"
        for name in ("session", "guest", "sign-in", "orders")
    ]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_sign_out_is_no_link(rig, method):
    response = await rig.http.request(method, "/auth/sign-out")

    assert response.status_code == 405


@pytest.mark.parametrize(
    ("kind", "content"),
    [("application/json", b'{"csrf": "x"}'), ("multipart/form-data; boundary=x", b"--x")],
)
async def test_other_bodies_carry_no_form(rig, kind, content):
    cookie = await rig.parts.sessions.store.begin(grant(), ANA)

    response = await rig.http.post(
        "/auth/sign-out",
        content=content,
        headers={"Cookie": f"__Host-mm-auth-session={cookie}", "Content-Type": kind},
    )

    assert response.status_code in {400, 403}
    assert await rig.parts.sessions.store.find(key_of(cookie)) is not None
