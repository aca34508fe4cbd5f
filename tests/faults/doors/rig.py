"""A steward with a scanner, and a room full of genuine tickets to show at its doors."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from backend.contracts.permissions import Role
from tests.faults.abuse.callers import Callers
from tests.faults.rig.house import SLUG
from tests.faults.rig.scenario import Scenario

_MOST = 10
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Room:
    """A screening whose doors are open, and the codes of its tickets."""

    cinema: UUID
    key: int
    codes: tuple[str, ...]


class Steward:
    """Scans at any door of a room, with the token of a scanner."""

    def __init__(self, scenario: Scenario, room: Room) -> None:
        self._wire = scenario.wires.ticket
        self._callers = Callers(scenario.cinema)
        self._room = room

    async def scan(self, code: str, door: str = "Door 1", key: str | None = None) -> dict[str, Any]:
        """Show a code and return the answer; raises AssertionError for anything but an outcome."""
        token = self._callers.token(Role.SCANNER, "ticket", cinemas=(SLUG,))
        body = {
            "code": code,
            "door": door,
            "cinema_id": str(self._room.cinema),
            "screening_keys": [self._room.key],
        }
        answer = await self._wire.request(
            "POST",
            "/admissions",
            headers={
                "authorization": f"Bearer {token}",
                "content-type": "application/json",
                "idempotency-key": key or uuid4().hex,
            },
            body=json.dumps(body).encode(),
        )
        assert answer.status == 200, (code[:80], answer.status, answer.body[:200])
        found: dict[str, Any] = answer.json()
        return found

    async def outcomes(self, codes: Sequence[str], at_once: int = 16) -> list[str]:
        """Show many codes, some at a time, and return what is said to each."""
        slots = asyncio.Semaphore(at_once)

        async def one(code: str) -> str:
            async with slots:
                return str((await self.scan(code))["outcome"])

        return list(await asyncio.gather(*(one(code) for code in codes)))


async def sold_room(scenario: Scenario, tickets: int) -> Room:
    """Sell so many tickets of a screening that begins in ten minutes."""
    show = await scenario.house.show(tickets, starts_in=timedelta(minutes=10))
    parties = [show.seats[at : at + _MOST] for at in range(0, tickets, _MOST)]
    every = await scenario.crowd(
        [partial(_bought, scenario, show.id, seats) for seats in parties], _AT_ONCE
    )
    answer = await scenario.wires.movies.request("GET", f"/screenings/{show.id}", headers={})
    screening = answer.json()
    return Room(
        cinema=UUID(screening["cinema"]["id"]),
        key=int(screening["screening"]["key"]),
        codes=tuple(code for codes in every for code in codes),
    )


async def _bought(scenario: Scenario, screening: UUID, seats: Sequence[int]) -> list[str]:
    buyer = scenario.buyer()
    order = await buyer.buy(screening, seats)
    assert order is not None
    assert await buyer.until_over(order) == "ISSUED"
    answer = await scenario.wires.ticket.request(
        "GET", f"/orders/{order}/tickets", headers={"authorization": f"Bearer {buyer.token}"}
    )
    return [str(ticket["code"]) for ticket in answer.json()["tickets"]]


def counted(outcomes: Sequence[str]) -> dict[str, int]:
    """Return how often each was said."""
    return dict(Counter(outcomes))
