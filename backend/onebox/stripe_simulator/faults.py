"""The faults that are switched on now, who is struck by them, and their place in the database.

The set outlives the process, as do webhooks that are held back: a killed cinema comes back to the
provider as it was. What a set has struck so far is counted in memory only.
"""

import random
from collections import Counter

from backend.kit.database import Connection
from backend.onebox.stripe_simulator.fault_sets import CallFault, FaultSet, WebhookFaults

_LOAD = "SELECT body FROM fault_set"
_STORE = """
INSERT INTO fault_set (body) VALUES (%s::jsonb)
ON CONFLICT (is_on) DO UPDATE SET body = excluded.body
"""
_FORGET = "DELETE FROM fault_set"
_RELEASE = "UPDATE delivery SET state = 'PENDING', next_at = %s WHERE state = 'HELD'"


class Faults:
    """Asked at each call and each round of webhooks; nothing is struck while no set is on."""

    def __init__(self) -> None:
        self._put(FaultSet())

    def _put(self, faults: FaultSet) -> None:
        self.current = faults
        self.calls: Counter[str] = Counter()
        self.strikes: Counter[int] = Counter()
        self._dice = random.Random(faults.seed)  # noqa: S311 -- repeatable is the point

    @property
    def webhooks(self) -> WebhookFaults:
        return self.current.webhooks

    def strike(self, operation: str) -> CallFault | None:
        """Count a call, and return the first fault that strikes it."""
        if not self.current.calls:
            return None
        self.calls[operation] += 1
        for place, fault in enumerate(self.current.calls):
            if fault.operations and operation not in fault.operations:
                continue
            if fault.times is not None and self.strikes[place] >= fault.times:
                continue
            if self._dice.random() < fault.probability:
                self.strikes[place] += 1
                return fault
        return None

    def loses(self) -> bool:
        """Say whether the next webhook is lost."""
        return self._dice.random() < self.webhooks.lost

    def ordered(self, rows: list[int]) -> list[int]:
        """Return the deliveries in the order in which they are to be posted."""
        rows = sorted(rows, reverse=self.webhooks.order == "reversed")
        if self.webhooks.order == "shuffled":
            self._dice.shuffle(rows)
        return rows

    async def load(self, connection: Connection) -> None:
        """Go on with the set that was on when the process ended."""
        row = await (await connection.execute(_LOAD)).fetchone()
        if row is not None:
            self._put(FaultSet.model_validate(row["body"]))

    async def replace(self, connection: Connection, faults: FaultSet, *, now: object) -> int:
        """Switch to another set; return how many webhooks are free that were held back."""
        await connection.execute(_STORE, (faults.model_dump_json(),))
        released = 0 if faults.webhooks.held else await release(connection, now=now)
        self._put(faults)
        return released

    async def end(self, connection: Connection, *, now: object) -> int:
        """Switch everything off; return how many webhooks are free that were held back."""
        await connection.execute(_FORGET)
        released = await release(connection, now=now)
        self._put(FaultSet())
        return released


async def release(connection: Connection, *, now: object) -> int:
    """Free the webhooks that are held back."""
    return (await connection.execute(_RELEASE, (now,))).rowcount
