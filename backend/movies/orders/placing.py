"""Places orders in batches: those that arrive while a commit runs share the next one.

The statement is keyed, so sending it again after a lost answer is always safe. Orders that could
get in each other's way (the same buyer, key or seat) are never in the same batch; the later one
waits for the next.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from psycopg_pool import PoolTimeout
from pydantic_core import from_json

from backend.contracts.problems import Unavailable
from backend.kit.database import Database, retrying
from backend.kit.logs import logger

_log = logger(__name__)
_PLACE = "SELECT place_orders(%s::json, %s::json)::text AS results"
# While one batch commits, the next one is collected and the one before is answered.
_AT_ONCE = 2
# Without batches every order is a call of its own: as many at once as the pool bears.
_AT_ONCE_ALONE = 8


Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as place_orders reads it: JSON objects that still lack `n` and their first brace."""

    order: str
    lines: Sequence[str]
    # The reply in two parts, the time of placing belongs between them.
    reply: tuple[str, str]
    screening: int
    seats: frozenset[int]
    hold_s: int
    identity: Identity
    buyer: str | None

    def marks(self) -> set[Hashable]:
        """Return what no other order of a batch may share."""
        marks: set[Hashable] = {(self.screening, seat) for seat in self.seats}
        marks.add(self.identity)
        if self.buyer is not None:
            marks.add(self.buyer)
        return marks


@dataclass(frozen=True, slots=True)
class Placement:
    """What a batch did to a screening: the map's new version, and the seats that became HELD."""

    screening: int
    version: int
    seats: frozenset[int]
    hold_s: int


_Waiting = tuple[Wanted, asyncio.Future[dict[str, Any]]]


class Placing:
    """Collects the orders of one process into calls of place_orders."""

    def __init__(
        self, database: Database, *, largest: int, placed: Callable[[Placement], None]
    ) -> None:
        self._database = database
        self._largest = largest
        self._at_once = _AT_ONCE if largest > 1 else _AT_ONCE_ALONE
        self._placed = placed
        self._queue: list[_Waiting] = []
        self._under_way: dict[Identity, asyncio.Future[dict[str, Any]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._is_due = False

    async def place(self, wanted: Wanted) -> dict[str, Any]:
        """Return when it was placed (`at`), or the function's answer; raises Unavailable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._queue.append((wanted, future))
        self._under_way[wanted.identity] = future
        if not self._is_due:
            # Not at once: requests that came in the same moment go together.
            self._is_due = True
            loop.call_soon(self._begin)
        try:
            return await future
        finally:
            if self._under_way.get(wanted.identity) is future:
                del self._under_way[wanted.identity]

    async def join(self, identity: Identity) -> bool:
        """Wait for the same request if it is under way here; say whether it was."""
        future = self._under_way.get(identity)
        if future is None:
            return False
        await asyncio.wait([future])
        return True

    def _begin(self) -> None:
        self._is_due = False
        while self._queue and len(self._running) < self._at_once:
            batch, self._queue = _apart(self._queue, self._largest)
            task = asyncio.create_task(self._run(batch), name="placing orders")
            self._running.add(task)
            task.add_done_callback(partial(self._ended, batch))

    def _ended(self, batch: Sequence[_Waiting], task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("batch of orders lost", error=repr(error))
        # Whatever happened, nobody waits for good; the keys tell later what became of it.
        _refuse(batch)
        self._begin()

    async def _run(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._send(batch)
        except PoolTimeout:
            _log.warning("no connection for a batch of orders", size=len(batch))
        except (psycopg.Error, OSError) as error:
            _log.warning("batch of orders split", size=len(batch), error=type(error).__name__)
            await asyncio.gather(*(self._alone(waiting) for waiting in batch))

    async def _alone(self, waiting: _Waiting) -> None:
        """Send one order of a failed batch: a bad one must not refuse the others."""
        try:
            await self._send([waiting])
        except (psycopg.Error, OSError) as error:
            _log.warning("order not placed", error=type(error).__name__)

    async def _send(self, batch: Sequence[_Waiting]) -> None:
        orders, lines = _written([wanted for wanted, _ in batch])

        async def once() -> dict[str, Any]:
            async with self._database.connection() as connection:
                row = await (await connection.execute(_PLACE, (orders, lines))).fetchone()
            results: dict[str, Any] = from_json((row or {})["results"])
            return results

        results = await retrying(once)
        answers = results["answers"]
        self._tell(
            [wanted for n, (wanted, _) in enumerate(batch) if str(n) not in answers],
            results["versions"],
        )
        for n, (_, future) in enumerate(batch):
            if not future.done():
                future.set_result(answers.get(str(n)) or {"at": results["at"]})

    def _tell(self, placed: Sequence[Wanted], versions: dict[str, int]) -> None:
        """Tell of each screening once, before any of its orders is answered."""
        by_screening: defaultdict[int, list[Wanted]] = defaultdict(list)
        for wanted in placed:
            by_screening[wanted.screening].append(wanted)
        for screening, orders in by_screening.items():
            self._placed(
                Placement(
                    screening,
                    versions[str(screening)],
                    frozenset[int]().union(*(one.seats for one in orders)),
                    min(one.hold_s for one in orders),
                )
            )


def _apart(queue: Sequence[_Waiting], largest: int) -> tuple[list[_Waiting], list[_Waiting]]:
    """Take a batch from the front, in order, of orders that share nothing; the rest waits."""
    batch: list[_Waiting] = []
    rest: list[_Waiting] = []
    used: set[Hashable] = set()
    for waiting in queue:
        marks = waiting[0].marks()
        is_free = len(batch) < largest and used.isdisjoint(marks)
        (batch if is_free else rest).append(waiting)
        # Also of one that waits: whoever came later does not overtake it.
        used |= marks
    return batch, rest


def _written(batch: Sequence[Wanted]) -> tuple[str, str]:
    """Number the orders and write the function's two arguments."""
    orders = ",".join(f'{{"n":{n},{wanted.order}' for n, wanted in enumerate(batch))
    lines = ",".join(f'{{"n":{n},{line}' for n, wanted in enumerate(batch) for line in wanted.lines)
    return f"[{orders}]", f"[{lines}]"


def _refuse(batch: Sequence[_Waiting]) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(Unavailable())
