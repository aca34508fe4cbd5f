"""The demo in an open cinema: its people, what it is furnished with, and who comes to buy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2

from backend.contracts.problems import Unavailable
from backend.kit import logs
from backend.onebox.demo.furnishing import Report
from backend.onebox.demo.keeper import Addresses, Keeper
from backend.onebox.ground import Ground
from backend.onebox.identity.demo import DemoUser, ensure_users
from backend.onebox.people import PEOPLE, TILL
from backend.onebox.till import TillToken
from backend.onebox.wiring.identity import settings

_log = logs.logger(__name__)
_TRIES, _PAUSE_S = 4, 2.0


async def make_people(ground: Ground) -> None:
    """Make the demo's accounts; those that are there stay as their owners left them."""
    passwords = ground.secrets.demo_passwords
    users = [
        DemoUser(
            person.email,
            person.name,
            person.roles,
            cinemas=person.cinemas,
            language=person.language,
            password=passwords.get(person.email),
        )
        for person in (*PEOPLE, TILL)
    ]
    await ensure_users(settings(ground), users)


def keeper_of(ground: Ground, identity: Any, http: httpx2.AsyncClient, report: Report) -> Keeper:
    addresses = Addresses(
        movies=ground.ports.inner("movies"), simulator=ground.ports.inner("simulator")
    )
    token = TillToken(identity.state.parts)
    return Keeper(addresses, http, token, report)


async def furnish(keeper: Keeper) -> None:
    """Furnish, again when a busy machine answered too late: what is there already stays."""
    for _ in range(_TRIES):
        try:
            return await keeper.furnish()
        except Unavailable as problem:
            _log.warning("furnishing is tried again", problem=problem.code)
            await asyncio.sleep(_PAUSE_S)
    return await keeper.furnish()


@asynccontextmanager
async def attended(keeper: Keeper) -> AsyncIterator[None]:
    """Let the demo live while the cinema is open; its faults are logged and end nothing."""
    task = asyncio.create_task(_live(keeper), name="demo")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _live(keeper: Keeper) -> None:
    try:
        await keeper.enliven()
        await keeper.watch()
    # The demo's guard: an empty seat is no reason to close the house.
    except Exception:  # noqa: BLE001 -- the guard of the demo
        _log.exception("the demo stopped filling the cinema")
