"""One scenario: the cinema, its buyers, the dice, the history, and the judgement at the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from random import Random
from typing import LiteralString, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from tests.faults.amounts import SEED
from tests.faults.rig import report
from tests.faults.rig.buyers import Buyer, Wires
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.history import History, Outcome
from tests.faults.rig.house import House
from tests.faults.rig.people import Staff, guest_tokens
from tests.faults.rig.settle import settle
from tests.faults.rig.verdict import Watch, broken_promises, findings_of
from tests.faults.rig.wire import Wire

_Done = TypeVar("_Done")
# Findings that an earlier scenario of the run was told of already.
_told: set[str] = set()


class Scenario:
    """What a test of the fault suite is given; `judge` must be its last word."""

    def __init__(
        self, fault: str, cinema: Cinema, *, progress: report.Progress, folder: Path
    ) -> None:
        self.fault = fault
        self.cinema = cinema
        self.progress = progress
        self.dice = Random(f"{SEED} {fault}")
        self.history = History(folder / f"{fault}.jsonl")
        self.tally = report.add(report.Tally(fault))
        self.staff = Staff(cinema)
        self.house = House(cinema, self.staff)
        self.wires = Wires(
            Wire(cinema.addresses["movies"]),
            Wire(cinema.addresses["ticket"]),
            Wire(cinema.addresses["simulator"]),
        )
        self.poison: set[UUID] = set()
        self.is_judged = False
        self._tokens = guest_tokens(cinema)
        self._began = time.monotonic()
        self.watch = Watch(cinema)

    def buyer(self, wires: Wires | None = None) -> Buyer:
        """Return a guest who was never here before."""
        guest = self._tokens.new()
        return Buyer(
            wires or self.wires,
            self.history,
            subject=guest.subject,
            token=guest.token,
            dice=self.dice,
        )

    async def rivals(self, doings: Iterable[Callable[[], Awaitable[_Done]]]) -> list[_Done]:
        """Do all at once, and count how many that were."""
        tasks = [asyncio.ensure_future(doing()) for doing in doings]
        self.tally.rivals = max(self.tally.rivals, len(tasks))
        return await asyncio.gather(*tasks)

    async def crowd(
        self, doings: Iterable[Callable[[], Awaitable[_Done]]], at_once: int
    ) -> list[_Done]:
        """Do all, a limited number at a time, and tell how far it is."""
        every = list(doings)
        slots, done = asyncio.Semaphore(at_once), 0
        self.tally.rivals = max(self.tally.rivals, min(at_once, len(every)))

        async def one(doing: Callable[[], Awaitable[_Done]]) -> _Done:
            nonlocal done
            async with slots:
                result = await doing()
            done += 1
            self.progress(done, len(every))
            return result

        return await asyncio.gather(*(one(doing) for doing in every))

    async def count(self, service: str, rows: LiteralString, *values: object) -> int:
        """Count rows of a service's database: `rows` is what follows FROM."""
        async with await self._connected(service) as connection:
            row = await (
                await connection.execute("SELECT count(*) FROM " + rows, values)
            ).fetchone()
        return int(row[0]) if row else 0

    async def setting(self, name: str) -> str:
        """Return a setting of the cinema's PostgreSQL."""
        async with await self._connected("movies") as connection:
            row = await (await connection.execute("SELECT current_setting(%s)", (name,))).fetchone()
        return str(row[0]) if row else ""

    async def until_postgres_is_back(self, limit_s: float = 60.0) -> None:
        """Wait until somebody has started PostgreSQL again; fails when nobody does."""
        async with asyncio.timeout(limit_s):
            while True:
                try:
                    async with await self._connected("movies"):
                        return
                except psycopg.OperationalError:
                    await asyncio.sleep(0.1)

    async def _connected(self, service: str) -> psycopg.AsyncConnection[TupleRow]:
        return await psycopg.AsyncConnection.connect(
            self.cinema.dsns()[service], autocommit=True, connect_timeout=2
        )

    async def judge(self, *more: str, waits: bool = True) -> None:
        """Settle, look at everything, and fail with what was found."""
        self.is_judged = True
        left = await settle(self.cinema) if waits else []
        await self.watch.stop()
        found = [
            *more,
            *left,
            *self.watch.findings,
            *await findings_of(self.cinema, poison=frozenset(self.poison)),
            *await broken_promises(self.cinema, self.history),
        ]
        fresh = [line for line in dict.fromkeys(found) if line not in _told]
        _told.update(fresh)
        self.tally.findings += fresh
        assert fresh == [], f"{self.fault}: {len(fresh)} findings (SEED={SEED})"

    async def end(self, *, is_good: bool) -> None:
        """Close what is open and write down the figures."""
        await self.watch.stop()
        await self.wires.close()
        self.history.close()
        doubts = [one for one in self.history.operations if one.was_in_doubt]
        unsure = [one for one in doubts if one.outcome is Outcome.IN_DOUBT]
        self.tally.in_doubt = self.tally.in_doubt or len(doubts)
        self.tally.seconds = time.monotonic() - self._began
        self.tally.outcome = "ok" if is_good and not self.tally.findings else "FAILED"
        if unsure:
            self.tally.note += f", {len(unsure)} stayed in doubt"
