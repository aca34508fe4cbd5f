"""The checks of movies: paid orders without tickets, seats without orders, orders without seats.

The reaper asks for late tickets again; what is found here is for a person.
"""

from collections.abc import Mapping
from functools import partial

from backend.kit.differences import Check, Findings
from backend.movies.parts import Parts
from backend.movies.reconciliation import repository


def checks(parts: Parts) -> Mapping[str, Check]:
    """Return the checks by the kind of difference that each one finds."""
    return {
        "tickets": partial(tickets, parts),
        "seat": partial(claimed_seats, parts),
        "order": partial(orders, parts),
    }


async def tickets(parts: Parts) -> Findings:
    """(f) Orders that were paid a while ago and still wait for their tickets."""
    async with parts.database.connection() as connection:
        return Findings(await repository.unticketed(connection, parts.settings.alarm_after))


async def claimed_seats(parts: Parts) -> Findings:
    """(g) Seats that are held or sold without a live order."""
    async with parts.database.connection() as connection:
        return Findings(await repository.unowned(connection))


async def orders(parts: Parts) -> Findings:
    """(g) Live orders without their seats."""
    async with parts.database.connection() as connection:
        return Findings(await repository.seatless(connection))
