"""Refreshing: early, by one at a time, and what the provider's answers mean for the session."""

import asyncio
from dataclasses import replace

import httpx2
import pytest

from backend.auth.sessions.repository import Session, key_of
from tests.backend.auth.realm import ANA, FakeRealm, grant, invalid_grant
from tests.backend.auth.rig import Rig, rig_of


@pytest.fixture
def realm() -> FakeRealm:
    return FakeRealm()


@pytest.fixture
def rig(realm: FakeRealm) -> Rig:
    return rig_of({"identity:8180": realm})


async def began(rig: Rig, *, ends_in_s: float) -> str:
    """Keep a session of Ana and return its cookie."""
    return await rig.parts.sessions.store.begin(grant(ends_in_s=ends_in_s), ANA)


async def kept(rig: Rig, cookie: str) -> Session | None:
    return await rig.parts.sessions.store.find(key_of(cookie))


async def token_of(rig: Rig, cookie: str) -> str:
    session = await kept(rig, cookie)
    assert session is not None
    return session.grant.access_token


@pytest.mark.parametrize(("ends_in_s", "refreshes"), [(300, 0), (40, 0), (20, 1), (-3000, 1)])
async def test_token_is_refreshed_half_a_minute_before_its_end(rig, realm, ends_in_s, refreshes):
    cookie = await began(rig, ends_in_s=ends_in_s)
    before = await token_of(rig, cookie)

    session = await rig.session(mm_auth_session=cookie)

    assert session.kind == "person"
    assert len(realm.asked) == refreshes
    assert (session.access_token != before) == bool(refreshes)


async def test_many_at_once_make_one_refresh(rig, realm):
    cookie = await began(rig, ends_in_s=10)
    realm.wait = asyncio.Event()

    asking = [asyncio.create_task(rig.session(mm_auth_session=cookie)) for _ in range(12)]
    await realm.was_asked.wait()
    realm.wait.set()
    sessions = await asyncio.gather(*asking)

    assert realm.asked == [{"grant_type": "refresh_token", "refresh_token": "refresh-0"}]
    assert {session.kind for session in sessions} == {"person"}
    assert len({session.access_token for session in sessions}) == 1


async def test_refresh_token_is_replaced_by_the_next(rig, realm):
    realm.lives = 10
    cookie = await began(rig, ends_in_s=10)

    for _ in range(3):
        assert (await rig.session(mm_auth_session=cookie)).kind == "person"

    used = [form["refresh_token"] for form in realm.asked]
    assert used == ["refresh-0", "refresh-1", "refresh-2"]


async def test_refused_refresh_ends_the_session(rig, realm):
    realm.refusal = invalid_grant()
    cookie = await began(rig, ends_in_s=20)

    session = await rig.session(mm_auth_session=cookie)

    assert session.kind == "guest"
    assert session.set_cookie is not None
    assert await kept(rig, cookie) is None


async def test_known_session_lasts_to_its_tokens_end_without_the_provider(rig):
    rig.wire.cut.add("identity:8180")
    cookie = await began(rig, ends_in_s=20)
    before = await token_of(rig, cookie)

    session = await rig.session(mm_auth_session=cookie)

    assert (session.kind, session.access_token) == ("person", before)


async def test_absent_provider_is_not_asked_by_every_page(rig):
    rig.wire.cut.add("identity:8180")
    cookie = await began(rig, ends_in_s=20)

    for _ in range(5):
        await rig.session(mm_auth_session=cookie)

    assert rig.wire.calls == ["POST token"]


async def test_person_is_a_guest_until_the_provider_is_back(rig, realm):
    rig.wire.cut.add("identity:8180")
    cookie = await began(rig, ends_in_s=-1)
    assert (await rig.session(mm_auth_session=cookie)).kind == "guest"

    rig.wire.cut.clear()
    await rig.cache.forget(f"auth:tried:{key_of(cookie)}")

    assert (await rig.session(mm_auth_session=cookie)).kind == "person"
    assert len(realm.asked) == 1


async def test_provider_in_trouble_ends_no_session(rig, realm):
    realm.refusal = httpx2.Response(503)
    cookie = await began(rig, ends_in_s=20)

    assert (await rig.session(mm_auth_session=cookie)).kind == "person"
    assert await kept(rig, cookie) is not None


async def test_tokens_of_somebody_else_end_the_session(rig):
    other = replace(ANA, subject="ion")
    cookie = await rig.parts.sessions.store.begin(grant(ends_in_s=10), other)

    assert (await rig.session(mm_auth_session=cookie)).kind == "guest"
    assert await kept(rig, cookie) is None


async def test_sign_out_waits_for_a_refresh_and_wins(rig, realm):
    cookie = await began(rig, ends_in_s=10)
    realm.wait = asyncio.Event()
    asking = asyncio.create_task(rig.session(mm_auth_session=cookie))
    await realm.was_asked.wait()

    ending = asyncio.create_task(rig.parts.sessions.end(key_of(cookie)))
    await asyncio.sleep(0)
    realm.wait.set()
    await asyncio.gather(asking, ending)

    assert await kept(rig, cookie) is None
    assert (await rig.session(mm_auth_session=cookie)).kind == "guest"


async def test_session_lives_as_long_as_its_refresh_token(rig):
    over = replace(grant(), refresh_ends_at=0.0)
    cookie = await rig.parts.sessions.store.begin(over, ANA)

    assert (await rig.session(mm_auth_session=cookie)).kind == "guest"


async def test_session_of_an_older_shape_is_over(rig):
    cookie = await began(rig, ends_in_s=300)
    await rig.cache.put(f"auth:session:{key_of(cookie)}", b'{"subject": "ana"}', ttl_s=60)

    assert (await rig.session(mm_auth_session=cookie)).kind == "guest"


async def test_cookie_is_not_what_the_cache_knows_it_by(rig):
    cookie = await began(rig, ends_in_s=300)

    assert len(cookie) == 43
    assert rig.cached == [f"auth:session:{key_of(cookie)}"]
    assert (await rig.session(mm_auth_session=key_of(cookie))).kind == "guest"
