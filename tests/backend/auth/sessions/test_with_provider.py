"""Refreshing at the onebox's provider, which ends a session whose refresh token comes twice."""

import asyncio
import time
from dataclasses import replace

import pytest

from tests.backend.auth.rig import Visitor

pytestmark = pytest.mark.integration


async def age(visitor: Visitor) -> None:
    """Let the access token of the visitor's session be about to end."""
    store = visitor.rig.parts.sessions.store
    session = await store.find(visitor.session_key)
    assert session is not None
    await store.keep(replace(session, grant=replace(session.grant, ends_at=time.time() + 5)))


async def test_many_pages_at_once_refresh_once_again_and_again(visitor):
    await visitor.sign_in()
    visitor.rig.wire.calls.clear()

    for _ in range(3):
        await age(visitor)
        sessions = await asyncio.gather(*(visitor.visit() for _ in range(8)))
        assert {session.kind for session in sessions} == {"person"}
        assert len({session.access_token for session in sessions}) == 1

    assert visitor.rig.wire.calls == ["POST token"] * 3


async def test_session_ended_at_the_provider_is_over_with_the_next_refresh(visitor, identity):
    await visitor.sign_in()
    async with identity.state.parts.database.connection() as connection:
        await connection.execute("UPDATE sso_session SET idle_until = now()")
    assert (await visitor.visit()).kind == "person"

    await age(visitor)

    assert (await visitor.visit()).kind == "guest"


async def test_role_taken_away_is_gone_with_the_next_refresh(visitor, identity):
    await visitor.sign_in()
    async with identity.state.parts.database.connection() as connection:
        await connection.execute("UPDATE account SET roles = '{customer}'")

    await age(visitor)

    assert (await visitor.visit()).roles == ["customer"]


async def test_sign_out_after_a_refresh_still_ends_the_providers_session(visitor):
    await visitor.sign_in()
    await age(visitor)
    person = await visitor.visit()

    await visitor.sign_out(person.csrf)
    await visitor.begin()

    assert visitor.title == "Sign in"
