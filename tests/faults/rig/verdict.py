"""The judgement: the checker's invariants on the databases, and what needs the history (I12).

Neither asks the application anything.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row

from backend.audit.checker import STARRED, Sources, Verdict, check
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.history import History, Operation, Outcome

_EVERY_S = 1.0


async def findings_of(
    cinema: Cinema,
    *,
    only: Collection[str] | None = None,
    settle_age: timedelta = timedelta(0),
    poison: frozenset[UUID] = frozenset(),
) -> list[str]:
    """Run the checker and return what it found, a line each."""
    verdicts = await check(
        Sources(cinema.dsns(), cinema.access_log, poison), only, settle_age=settle_age
    )
    return [line for verdict in verdicts for line in _lines(verdict)]


def _lines(verdict: Verdict) -> list[str]:
    return [
        f"{verdict.invariant}: {finding.what} {_shown(finding.row)}" for finding in verdict.findings
    ]


def _shown(row: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items())[:400]


class Watch:
    """Looks at the starred invariants each second while a scenario runs."""

    def __init__(self, cinema: Cinema) -> None:
        self.looks = 0
        self.findings: list[str] = []
        self._cinema = cinema
        self._task = asyncio.create_task(self._run(), name="watch of the starred invariants")

    async def stop(self) -> None:
        """End; one look more is made if there was none."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        if not self.looks:
            await self._look()

    async def _run(self) -> None:
        while True:
            # A database that was stopped on purpose cannot be looked at.
            with suppress(psycopg.OperationalError):
                await self._look()
            await asyncio.sleep(_EVERY_S)

    async def _look(self) -> None:
        found = await findings_of(self._cinema, only=STARRED, settle_age=timedelta(seconds=60))
        self.findings += [f"{one} (while it ran)" for one in found]
        self.looks += 1


async def broken_promises(cinema: Cinema, history: History) -> list[str]:
    """I12: what clients saw succeed is there; what is in doubt is there once or not at all."""
    holds = history.of("hold")
    if not holds:
        return []
    principals = sorted({one.principal for one in holds})
    kept = await _rows(
        cinema,
        "SELECT principal, route, key, status, body FROM idempotency WHERE principal = ANY(%s)",
        principals,
    )
    orders = await _rows(
        cinema,
        "SELECT id::text AS id, owner, attempt FROM orders WHERE owner = ANY(%s)",
        principals,
    )
    owned: dict[str, set[str]] = defaultdict(set)
    for row in orders:
        owned[row["owner"]].add(row["id"])
    replies = {(row["principal"], row["route"], row["key"]): row for row in kept}
    found = [line for hold in holds for line in _broken_hold(hold, replies, owned)]
    found += _unasked(holds, replies, owned)
    found += _unpaid(history, {row["id"]: row["attempt"] for row in orders})
    return [f"I12: {line}" for line in found]


def _order_of(row: Mapping[str, Any] | None) -> str | None:
    if row is None or row["status"] != 201 or row["body"] is None:
        return None
    return str(json.loads(bytes(row["body"]))["id"])


def _broken_hold(
    hold: Operation,
    replies: Mapping[tuple[str, str, str], Mapping[str, Any]],
    owned: Mapping[str, set[str]],
) -> list[str]:
    row = replies.get((hold.principal, hold.route, hold.key))
    stored, mine = _order_of(row), owned[hold.principal]
    if hold.outcome is Outcome.OK:
        if hold.order not in mine:
            return [f"the client was told of order {hold.order}, which is not there"]
        if stored != hold.order:
            return [f"key {hold.key} answers {stored}, the client was told {hold.order}"]
    elif hold.outcome is Outcome.FAILED and stored is not None:
        return [f"key {hold.key} was refused to the client, and made order {stored}"]
    elif stored is not None and stored not in mine:
        return [f"key {hold.key} is in doubt and answers {stored}, which is not there"]
    return []


def _unasked(
    holds: list[Operation],
    replies: Mapping[tuple[str, str, str], Mapping[str, Any]],
    owned: Mapping[str, set[str]],
) -> list[str]:
    """Find orders that no key of their owner accounts for: the second effect of one request."""
    asked: dict[str, set[str | None]] = defaultdict(set)
    for hold in holds:
        asked[hold.principal].add(_order_of(replies.get((hold.principal, hold.route, hold.key))))
    return [
        f"order {order} of {principal} belongs to no key: a request acted twice"
        for principal, orders in owned.items()
        for order in sorted(orders - asked[principal])
    ]


def _unpaid(history: History, attempts: Mapping[str, int]) -> list[str]:
    return [
        f"order {one.order} has no attempt although Pay succeeded for key {one.key}"
        for one in history.of("pay", Outcome.OK)
        if attempts.get(str(one.order), 0) < 1
    ]


async def _rows(cinema: Cinema, statement: str, principals: list[str]) -> list[DictRow]:
    async with await psycopg.AsyncConnection.connect(
        cinema.dsns()["movies"], autocommit=True, row_factory=dict_row
    ) as connection:
        return await (await connection.execute(statement, (principals,))).fetchall()
