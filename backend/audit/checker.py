"""Judges every invariant on one read-only snapshot of each database.

It reads only, takes no lock that a sale would wait for, and believes no answer of the application.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta

import psycopg

from backend.audit.invariant import Invariant, Look, Tally
from backend.audit.invariants import ALL
from backend.audit.sources import Sources, snapshots
from backend.audit.verdicts import Finding, Verdict

__all__ = [
    "INVARIANTS", "NOT_YET", "STARRED", "Finding", "Invariant", "Sources", "UnknownInvariant",
    "Verdict", "check", "judge",
]  # fmt: skip

INVARIANTS: tuple[Invariant, ...] = ALL
# Those that hold at every instant, not only when everything has settled.
STARRED = frozenset(each.name for each in INVARIANTS if each.is_starred)
# Known, and not judged before there is something to judge.
NOT_YET = {"I25": "limited codes are not sold yet"}
SETTLE_AGE = timedelta(seconds=60)
STATEMENT_TIMEOUT = timedelta(minutes=2)
MOST = 100

Report = Callable[[Invariant], None]


class UnknownInvariant(ValueError):  # noqa: N818 -- a fact for the caller
    """Somebody asked for an invariant that there is not."""


async def check(
    sources: Sources,
    only: Collection[str] | None = None,
    *,
    settle_age: timedelta = SETTLE_AGE,
    report: Report | None = None,
) -> list[Verdict]:
    """Judge the invariants, or some of them, by name.

    Databases are read at slightly different instants: rows younger than `settle_age` are left out
    where databases are compared. Raises UnknownInvariant, and psycopg.OperationalError when a
    database cannot be reached.
    """
    chosen = _chosen(only)
    needed = {name for each in chosen for name in (*each.needs, *each.also)} & set(sources.dsns)
    dsns = {name: sources.dsns[name] for name in sorted(needed)}
    async with snapshots(dsns, statement_timeout=STATEMENT_TIMEOUT) as taken:
        look = Look(taken, settle_age, sources.access_log, sources.poison)
        return await judge(look, chosen, report=report)


async def judge(
    look: Look, chosen: Sequence[Invariant] = INVARIANTS, *, report: Report | None = None
) -> list[Verdict]:
    """Judge on snapshots that were taken already."""
    verdicts = []
    for invariant in chosen:
        if report is not None:
            report(invariant)
        verdicts.append(await _verdict(look, invariant))
    return verdicts


def _chosen(only: Collection[str] | None) -> tuple[Invariant, ...]:
    unknown = set(only or ()) - {each.name for each in INVARIANTS}
    if unknown:
        known = ", ".join(each.name for each in INVARIANTS)
        raise UnknownInvariant(
            f"there is no invariant {', '.join(sorted(unknown))}; known: {known}"
        )
    return tuple(each for each in INVARIANTS if only is None or each.name in only)


async def _verdict(look: Look, invariant: Invariant) -> Verdict:
    tally = Tally(MOST)
    missing = [need for need in invariant.needs if not look.has(need)]
    if missing:
        return invariant.verdict(tally, skipped=f"needs {', '.join(missing)}")
    try:
        async with AsyncExitStack() as stack:
            for name in (*invariant.needs, *invariant.also):
                if name in look.snapshots:
                    await stack.enter_async_context(look[name].guarded())
            await invariant.judge(look, tally)
    except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
        return invariant.verdict(Tally(MOST), skipped=f"gave up: {error}")
    without = tuple(name for name in invariant.also if not look.has(name))
    return invariant.verdict(tally, without=without)
