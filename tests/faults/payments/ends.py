"""How orders ended: their state, their tickets, and what the provider took and gave back."""

import asyncio
import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.faults.payments.provider import Provider, rows_of
from tests.faults.rig.scenario import Scenario

_LOOK_S = 0.3
PAID = frozenset({"PAID", "ISSUED", "REFUNDING", "PART_REFUNDED"})
_ORDERS = "SELECT id::text AS id, state FROM orders WHERE id = ANY(%s::uuid[])"
_TICKETS = """
    SELECT order_id::text AS id, count(*) FILTER (WHERE status = 'ISSUED') AS valid
    FROM ticket WHERE order_id = ANY(%s::uuid[]) GROUP BY order_id
"""


@dataclass(frozen=True, slots=True)
class End:
    """How one order ended."""

    state: str
    tickets: int
    taken_minor: int
    back_minor: int
    captures: int

    @property
    def held_minor(self) -> int:
        """What the cinema has of it."""
        return self.taken_minor - self.back_minor


async def ends_of(
    scenario: Scenario, provider: Provider, orders: Collection[str]
) -> dict[str, End]:
    """Read how orders stand now."""
    wanted = list(orders)
    states = {row["id"]: row["state"] for row in await rows_of(scenario, "movies", _ORDERS, wanted)}
    valid = {row["id"]: row["valid"] for row in await rows_of(scenario, "ticket", _TICKETS, wanted)}
    payments = await provider.payments(wanted)
    return {
        order: End(
            states.get(order, "none"),
            valid.get(order, 0),
            sum(one.taken_minor for one in payments[order]),
            sum(one.back_minor for one in payments[order]),
            sum(one.taken_minor > one.back_minor for one in payments[order]),
        )
        for order in wanted
    }


async def until_they_are(
    scenario: Scenario, provider: Provider, wanted: dict[str, End], limit_s: float = 45.0
) -> dict[str, End]:
    """Wait until orders ended as wanted; return how they stand when they do, or when it is late."""
    until = time.monotonic() + limit_s
    found = await ends_of(scenario, provider, wanted)
    while found != wanted and time.monotonic() < until:
        await asyncio.sleep(_LOOK_S)
        found = await ends_of(scenario, provider, wanted)
    return found


async def until_over(scenario: Scenario, orders: Sequence[str], limit_s: float = 60.0) -> None:
    """Wait until no order is on its way to its end; whoever judges sees what is left."""
    until = time.monotonic() + limit_s
    left = await _on_their_way(scenario, orders)
    while left and time.monotonic() < until:
        await asyncio.sleep(_LOOK_S)
        left = await _on_their_way(scenario, orders)


async def _on_their_way(scenario: Scenario, orders: Sequence[str]) -> int:
    return await scenario.count(
        "movies",
        "orders WHERE id = ANY(%s::uuid[])"
        " AND state IN ('HELD', 'PAYING', 'CONFIRMING', 'PAID', 'REFUNDING')",
        list(orders),
    )


async def give_back(scenario: Scenario, order: str, lines: Sequence[int]) -> int:
    """Refund lines of an order as a manager does; return the status of the answer."""
    headers = {
        "authorization": f"Bearer {await scenario.staff.token('manager')}",
        "content-type": "application/json",
        "idempotency-key": uuid4().hex,
    }
    body: dict[str, Any] = {"lines": list(lines), "seats": "free", "reason": "a test of refunds"}
    answer = await scenario.wires.movies.request(
        "POST", f"/orders/{order}/refunds", headers=headers, body=json.dumps(body).encode()
    )
    return answer.status
