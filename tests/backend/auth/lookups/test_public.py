"""The look-up that browsers and programs call themselves, and whose address counts."""

import httpx2
import pytest

from tests.backend.auth.lookups.fakes import ORDER, RIGHT, WRONG, FakeMovies, FakeTime
from tests.backend.auth.rig import SITE, Rig, cookie_of, rig_of


@pytest.fixture
def rig() -> Rig:
    movies = FakeMovies(FakeTime())
    return rig_of({"movies:5002": movies}, clock=movies.time.clock())


async def look_up(rig: Rig, body=RIGHT, *, peer: str = "203.0.113.7", **headers: str):
    transport = httpx2.ASGITransport(app=rig.app, client=(peer, 4000))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx2.AsyncClient(transport=transport, base_url="http://auth") as http:
        return await http.post("/auth/lookups", json=body.model_dump(), headers=sent)


async def test_right_code_sets_the_cookie_of_the_order(rig):
    response = await look_up(rig)

    name, value = cookie_of(response.headers["set-cookie"])
    session = await rig.session(mm_auth_orders=value)
    assert (response.status_code, response.json()) == (200, {"order_id": str(ORDER)})
    assert name == "mm-auth-orders"
    assert session.order_tokens == {ORDER: value}


async def test_wrong_code_sets_nothing(rig):
    response = await look_up(rig, WRONG)

    assert (response.status_code, response.json()["error"]) == (404, "OrderMissing")
    assert "set-cookie" not in response.headers


async def test_sixth_try_of_an_address_waits(rig):
    statuses = [(await look_up(rig, WRONG)).status_code for _ in range(6)]
    other = await look_up(rig, WRONG, peer="203.0.113.8")

    assert statuses == [404, 404, 404, 404, 404, 429]
    assert other.status_code == 404


async def test_sixth_try_says_when_to_come_back(rig):
    for _ in range(5):
        await look_up(rig, WRONG)

    response = await look_up(rig)

    assert response.headers["retry-after"] == "60"
    assert response.json()["error"] == "TooMany"


async def test_nobody_names_an_address_of_their_own(rig):
    tries = [await look_up(rig, WRONG, X_Forwarded_For=f"198.51.100.{n}") for n in range(6)]

    assert tries[-1].status_code == 429


async def test_website_names_the_address_of_its_visitor(rig):
    bearer = f"Bearer {rig.token}"
    tries = [
        await look_up(rig, WRONG, Authorization=bearer, X_Forwarded_For=f"198.51.100.{n}")
        for n in range(6)
    ]

    assert [response.status_code for response in tries] == [404] * 6


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer x.y.z", "X_Forwarded_For": "198.51.100.1"}, 401),
        ({"X_Forwarded_For": "nonsense"}, 200),
        ({"Origin": SITE}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
    ],
)
async def test_caller_is_looked_at(rig, headers, status):
    assert (await look_up(rig, **headers)).status_code == status


async def test_website_must_name_an_address(rig):
    bearer = f"Bearer {rig.token}"

    response = await look_up(rig, Authorization=bearer, X_Forwarded_For="nonsense")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("content", "kind", "error"),
    [
        (b"", "application/json", "Malformed"),
        (b"{}", "application/json", "Malformed"),
        (b'{"reference": "a", "code": "b", "order": "c"}', "application/json", "Malformed"),
        (b'{"reference": "' + b"a" * 40 + b'", "code": "b"}', "application/json", "Malformed"),
        (rb'{"reference": "\ud800", "code": "b"}', "application/json", "Malformed"),
        (RIGHT.model_dump_json().encode(), "text/plain", "Malformed"),
        (b"[" * 5000, "application/json", "BadRequest"),
        (b"[" * 1_000_001, "application/json", "TooLarge"),
    ],
)
async def test_malformed_look_up_is_refused_and_not_counted(rig, content, kind, error):
    for _ in range(6):
        response = await rig.http.post(
            "/auth/lookups", content=content, headers={"Content-Type": kind}
        )
        assert response.json()["error"] == error
