"""What an invariant is made of: the sources that it needs, and a judge that reads them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, TypeVar, cast
from uuid import UUID

from psycopg import sql

from backend.audit.sources import Row, Snapshot
from backend.audit.verdicts import Finding, Verdict

Kept = TypeVar("Kept")
_ALL = sql.SQL(
    "WITH {given}, broken AS MATERIALIZED ({broken})"
    " SELECT *, (SELECT count(*) FROM broken) AS beyond FROM broken LIMIT %(most)s"
)


@dataclass(slots=True)
class Look:
    """What all judges of one run share. `settle_age` is the age from which databases must agree."""

    snapshots: Mapping[str, Snapshot]
    settle_age: timedelta
    access_log: Path | None = None
    poison: frozenset[UUID] = frozenset()
    _kept: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, database: str) -> Snapshot:
        return self.snapshots[database]

    def has(self, source: str) -> bool:
        """Say whether there is such a source."""
        return self.access_log is not None if source == "access log" else source in self.snapshots

    def is_young(self, *changes: tuple[str, datetime | None]) -> bool:
        """Say whether one of these changes (database and time) is too fresh to be judged."""
        return any(
            at is not None and self.snapshots[name].at - at < self.settle_age
            for name, at in changes
        )

    async def once(self, name: str, read: Callable[[], Awaitable[Kept]]) -> Kept:
        """Read what several invariants need only once."""
        if name not in self._kept:
            self._kept[name] = await read()
        return cast("Kept", self._kept[name])


@dataclass(slots=True)
class Tally:
    """What a judge notes about one invariant; it keeps `most` findings and counts the rest."""

    most: int
    rows_checked: int = 0
    too_young: int = 0
    unlisted: int = 0
    findings: list[Finding] = field(default_factory=list)

    def spared(self, *, is_young: bool) -> bool:
        """Count a row that is too fresh to be judged; say whether it is."""
        self.too_young += is_young
        return is_young

    def found(self, what: str, row: Mapping[str, object], advice: str) -> None:
        """Note a row that breaks the invariant."""
        if len(self.findings) < self.most:
            self.findings.append(Finding(what, row, advice))
        else:
            self.unlisted += 1


Judge = Callable[[Look, Tally], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must hold, and who judges it; a starred one holds at every instant.

    Without a source that it `needs` it is not judged; what it reads `also` it can do without.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    judge: Judge
    also: tuple[str, ...] = ()
    is_starred: bool = False

    def verdict(
        self, tally: Tally, *, skipped: str | None = None, without: tuple[str, ...] = ()
    ) -> Verdict:
        """Return what became of it."""
        return Verdict(
            invariant=self.name,
            title=self.title,
            rows_checked=tally.rows_checked,
            findings=tuple(tally.findings),
            skipped=skipped,
            too_young=tally.too_young,
            unlisted=tally.unlisted,
            without=without,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that returns the rows that break something within one database.

    `what` is a sentence over the columns of such a row. `%(settle_age)s` may stand in the
    statement, and tables named in `given` (`name AS (…)`).
    """

    database: str
    what: str
    broken: LiteralString
    advice: str
    given: LiteralString = "nothing AS (SELECT 1)"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a judge looks at."""

    database: str
    statement: LiteralString


def by_rules(counts: tuple[Count, ...], rules: tuple[Rule, ...]) -> Judge:
    """Make a judge of statements."""

    async def judge(look: Look, tally: Tally) -> None:
        for count in counts:
            tally.rows_checked += await look[count.database].number(count.statement)
        for rule in rules:
            for row in await _broken(look, rule, tally.most):
                tally.unlisted += row.pop("beyond")
                tally.found(rule.what.format_map(row), row, rule.advice)

    return judge


async def _broken(look: Look, rule: Rule, most: int) -> list[Row]:
    """Read the rows that break a rule; the last one carries how many more there are."""
    statement = _ALL.format(given=sql.SQL(rule.given), broken=sql.SQL(rule.broken))
    values = {"settle_age": look.settle_age, "most": most}
    rows = await look[rule.database].rows(statement, values)
    beyond = max(0, rows[0]["beyond"] - len(rows)) if rows else 0
    return [row | {"beyond": beyond if row is rows[-1] else 0} for row in rows]
