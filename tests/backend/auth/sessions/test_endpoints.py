"""What the website asks on each request: by whom, and with which cookies."""

import time
from uuid import uuid4

import httpx2
import pytest
from joserfc import jwt

from backend.auth.guests.orders import with_order
from backend.contracts.permissions import Role
from backend.contracts.problems import Denied, Unsigned
from backend.kit.tokens.signer import ServiceSigner
from tests.backend.auth.realm import ANA, FakeRealm, access_claims, grant, signed
from tests.backend.auth.rig import Rig, cookie_of, rig_of
from tests.support import keys


@pytest.fixture
def rig() -> Rig:
    return rig_of({"identity:8180": FakeRealm()})


async def ask(rig: Rig, token: str | None) -> httpx2.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await rig.http.get("/internal/session", headers=headers)


async def test_browser_without_cookie_becomes_a_guest(rig):
    session = await rig.session()

    name, value = cookie_of(session.set_cookie)
    assert (name, value) == ("mm-auth-guest", session.access_token)
    assert session.set_cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000")
    assert (session.kind, session.roles, session.cinemas) == ("guest", [Role.GUEST], [])
    assert (session.name, session.email, session.guest_token) == (None, None, None)


async def test_guest_stays_the_same(rig):
    first = await rig.session()

    second = await rig.session(mm_auth_guest=first.access_token)

    assert second == first.model_copy(update={"set_cookie": None})


@pytest.mark.parametrize(
    "forged",
    ["x.y.z", "ș", "a" * 3000, keys.guest_token(order=uuid4())],
    # Named, because workers must find the same tests and a token is new in each of them.
    ids=["no token", "no latin", "too long", "a guest's"],
)
async def test_forged_guest_is_a_new_guest(rig, forged):
    session = await rig.session(mm_auth_guest=forged)

    assert session.kind == "guest"
    assert cookie_of(session.set_cookie) == ("mm-auth-guest", session.access_token)
    assert session.access_token != forged


async def test_guests_are_not_in_the_cache(rig):
    await rig.session()

    assert rig.cached == []


async def test_old_guest_is_renewed(rig):
    first = await rig.session()
    claims = jwt.decode(first.access_token, keys.GUEST_KEY, algorithms=["Ed25519"]).claims
    aged = {**claims, "exp": int(time.time()) + 1000}
    header = {"alg": "Ed25519", "kid": "guest-test"}
    old = jwt.encode(header, aged, keys.GUEST_KEY, algorithms=["Ed25519"])

    session = await rig.session(mm_auth_guest=old)

    assert session.subject == first.subject
    assert session.csrf == first.csrf
    assert cookie_of(session.set_cookie) == ("mm-auth-guest", session.access_token)
    assert session.access_token != old


async def test_person_is_told_from_the_guest_of_the_same_browser(rig):
    guest = await rig.session()
    cookie = await rig.parts.sessions.store.begin(grant(), ANA)

    session = await rig.session(mm_auth_session=cookie, mm_auth_guest=guest.access_token)

    assert (session.kind, session.subject, session.name) == ("person", "ana", "Ana Pop")
    assert (session.roles, session.cinemas) == (["customer"], ["mesh"])
    assert session.guest_token == guest.access_token
    assert session.set_cookie is None


async def test_unknown_session_is_the_guest_that_was(rig):
    guest = await rig.session()

    session = await rig.session(mm_auth_session="x" * 43, mm_auth_guest=guest.access_token)

    assert session == guest.model_copy(update={"set_cookie": None})


async def test_looked_up_orders_come_with_their_tokens(rig):
    order_id = uuid4()
    orders = with_order(rig.parts.guests, None, order_id)

    session = await rig.session(mm_auth_orders=orders)

    assert session.order_tokens == {order_id: orders}


async def test_form_tokens_differ_by_visitor(rig):
    cookies = [await rig.parts.sessions.store.begin(grant(), ANA) for _ in range(2)]

    sessions = [await rig.session(mm_auth_session=cookie) for cookie in cookies]
    sessions += [await rig.session(), await rig.session()]

    assert len({session.csrf for session in sessions}) == 4
    assert [len(session.csrf) for session in sessions] == [64] * 4


@pytest.mark.parametrize("header", ["ș=ț; a=b", "=;=;;", "x" * 20_000, "mm-auth-guest=\\"])
async def test_cookies_of_others_do_no_harm(rig, header):
    session = await rig.client.session(header, token=rig.token)

    assert session.kind == "guest"


@pytest.mark.parametrize(
    "token",
    [
        None,
        "x.y.z",
        keys.guest_token(),
        signed(access_claims()),
        ServiceSigner("web", keys.private("auth")).token("auth"),
        ServiceSigner("movies", keys.private("movies")).token("web"),
        ServiceSigner("payment", keys.private("payment")).token("auth"),
    ],
)
async def test_nobody_asks_without_a_good_token(rig, token):
    response = await ask(rig, token)

    assert (response.status_code, response.json()["error"]) == (401, Unsigned.__name__)


async def test_other_services_may_not_ask(rig):
    movies = ServiceSigner("movies", keys.private("movies")).token("auth")

    response = await ask(rig, movies)

    assert (response.status_code, response.json()["error"]) == (403, Denied.__name__)


@pytest.mark.parametrize(
    "path",
    ["/internal/session", "/auth/callback", "/health/live", "/docs", "/openapi.json", "/nowhere"],
)
async def test_nothing_is_to_be_stored(rig, path):
    response = await rig.http.get(path, headers={"Authorization": f"Bearer {rig.token}"})

    assert response.headers["cache-control"] == "no-store"
