"""Order look-up against a movies service that is told what to answer, and a clock of the test's."""

from contextlib import suppress
from ipaddress import ip_address
from uuid import uuid4

import pytest
from joserfc import jwt

from backend.auth.lookups.service import left_of_step, place
from backend.contracts.orders import Lookup
from backend.contracts.problems import TooMany, Unavailable
from backend.contracts.problems_orders import OrderMissing
from tests.backend.auth.lookups.fakes import ORDER, RIGHT, WRONG, FakeMovies, FakeTime
from tests.backend.auth.rig import Rig, cookie_of, rig_of
from tests.support import keys


@pytest.fixture
def movies() -> FakeMovies:
    return FakeMovies(FakeTime())


@pytest.fixture
def rig(movies: FakeMovies) -> Rig:
    return rig_of({"movies:5002": movies}, clock=movies.time.clock())


async def look_up(rig: Rig, body: Lookup, *, ip: str = "203.0.113.7", cookies: str = ""):
    return await rig.client.look_up(cookies, body, client_ip=ip, token=rig.token)


async def test_reference_and_code_open_the_order(rig, movies):
    found = await look_up(rig, RIGHT)

    name, value = cookie_of(found.set_cookie)
    session = await rig.session(mm_auth_orders=value)
    assert (found.order_id, name) == (ORDER, "mm-auth-orders")
    assert found.set_cookie.endswith("; Path=/; HttpOnly; SameSite=Lax; Max-Age=900")
    assert session.order_tokens == {ORDER: value}
    assert movies.bodies == [RIGHT.model_dump_json()]


async def test_second_order_opens_beside_the_first(rig):
    first = rig.parts.guests.for_order(other := uuid4())

    found = await look_up(rig, RIGHT, cookies=f"mm-auth-orders={first}")

    session = await rig.session(mm_auth_orders=cookie_of(found.set_cookie)[1])
    assert list(session.order_tokens) == [ORDER, other]


async def test_wrong_code_opens_nothing(rig):
    with pytest.raises(OrderMissing):
        await look_up(rig, WRONG)


@pytest.mark.parametrize("takes_s", [0.02, 0.08, 0.29])
async def test_right_and_wrong_take_the_same_time(rig, movies, takes_s):
    movies.takes_s = takes_s
    began = movies.time.now_s
    await look_up(rig, RIGHT)
    middle = movies.time.now_s
    with pytest.raises(OrderMissing):
        await look_up(rig, WRONG)

    assert middle - began == pytest.approx(0.3)
    assert movies.time.now_s - middle == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("took_s", "left_s"), [(0.0, 0.3), (0.1, 0.2), (0.299, 0.001), (0.31, 0.29), (1.0, 0.2)]
)
def test_answers_come_at_whole_steps(took_s, left_s):
    assert left_of_step(took_s, 0.3) == pytest.approx(left_s)


async def test_sixth_try_of_a_minute_waits(rig, movies):
    for body in (RIGHT, WRONG, WRONG, RIGHT, RIGHT):
        await attempt(rig, body)

    with pytest.raises(TooMany) as caught:
        await look_up(rig, RIGHT)

    assert caught.value.facts["retry_after_s"] == 60
    assert len(movies.bodies) == 5
    assert (await look_up(rig, RIGHT, ip="203.0.113.8")).order_id == ORDER


async def attempt(rig: Rig, body: Lookup, ip: str = "203.0.113.7") -> None:
    with suppress(OrderMissing):
        await look_up(rig, body, ip=ip)


async def test_one_home_of_many_addresses_counts_once(rig):
    for number in range(5):
        await attempt(rig, WRONG, ip=f"2001:db8:1:2::{number}")

    with pytest.raises(TooMany):
        await look_up(rig, RIGHT, ip="2001:db8:1:2:ffff::1")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ],
)
def test_addresses_are_counted_by_place(address, counted):
    assert place(ip_address(address)) == counted


async def test_movies_in_trouble_is_said(rig, movies):
    movies.is_up = False

    with pytest.raises(Unavailable):
        await look_up(rig, RIGHT)


async def test_movies_is_asked_with_our_own_token(rig, movies):
    await look_up(rig, RIGHT)

    (header,) = movies.tokens
    token = header.removeprefix("Bearer ")
    claims = jwt.decode(token, keys.SERVICE_KEYS["auth"], algorithms=["Ed25519"]).claims
    assert (claims["iss"], claims["aud"], claims["typ"]) == ("auth", "movies", "Service")
