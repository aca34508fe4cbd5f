"""What should be the same and is not: rows that checks open, keep while they see it, and close.

A service gives its checks to a Reconciler, which runs them round after round. Each check only
looks and repairs what it can; running one twice is running it once.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry, Gauge
from psycopg.types.json import Jsonb

from backend.contracts.reconciliation import DifferenceRead
from backend.kit.database import Connection, Database
from backend.kit.logs import logger

_log = logger(__name__)
_OPEN = """
    INSERT INTO recon_diff (kind, subject, facts)
    SELECT %(kind)s, key, value FROM jsonb_each(%(found)s)
    ON CONFLICT (kind, subject) DO UPDATE SET facts = excluded.facts,
        seen_at = clock_timestamp(), closed_at = NULL,
        found_at = CASE WHEN recon_diff.closed_at IS NULL THEN recon_diff.found_at
                        ELSE clock_timestamp() END
"""
_CLOSE = """
    UPDATE recon_diff SET closed_at = clock_timestamp()
    WHERE kind = %(kind)s AND closed_at IS NULL AND NOT %(found)s ? subject
      AND (%(among)s::text[] IS NULL OR subject = ANY(%(among)s))
"""
_READ = """
    SELECT kind, subject, facts, found_at, seen_at,
           clock_timestamp() - found_at AS lasts
    FROM recon_diff WHERE closed_at IS NULL ORDER BY found_at, kind, subject
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check saw: the facts of each subject that is wrong.

    `among` names the subjects that it looked at, where it did not look at all of them.
    """

    wrong: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    among: frozenset[str] | None = None


Check = Callable[[], Awaitable[Findings]]


async def settle(connection: Connection, kind: str, findings: Findings) -> None:
    """Open and keep what is wrong, and close what no longer is."""
    found = {
        "kind": kind,
        "found": Jsonb(dict(findings.wrong)),
        "among": None if findings.among is None else sorted(findings.among),
    }
    await connection.execute(_OPEN, found)
    await connection.execute(_CLOSE, found)


async def read_open(connection: Connection) -> list[DifferenceRead]:
    """Return the open differences, the oldest first."""
    cursor = await connection.execute(_READ)
    return [DifferenceRead.model_validate(row) for row in await cursor.fetchall()]


class Reconciler:
    """Runs a service's checks, and calls somebody for what stays wrong."""

    def __init__(
        self,
        database: Database,
        checks: Mapping[str, Check],
        *,
        alarm_after: timedelta,
        registry: CollectorRegistry,
    ) -> None:
        self._database = database
        self._checks = checks
        self._alarm_after = alarm_after
        self._heartbeat = Gauge(
            "mm_recon_heartbeat_seconds",
            "When the last whole round of the reconciliation ended, in seconds since 1970.",
            registry=registry,
        )
        self._differences = Gauge(
            "mm_recon_differences", "Open differences by kind.", ["kind"], registry=registry
        )

    async def round(self) -> bool:
        """Run every check once; say whether all of them could look."""
        looked = [await self._look(kind, check) for kind, check in self._checks.items()]
        await self._report()
        if all(looked):
            self._heartbeat.set_to_current_time()
        return all(looked)

    async def _look(self, kind: str, check: Check) -> bool:
        try:
            findings = await check()
            async with self._database.transaction() as connection:
                await settle(connection, kind, findings)
        except Exception as error:  # noqa: BLE001 -- the guard of the round: the others must look
            _log.warning("check failed", kind=kind, error=repr(error))
            return False
        return True

    async def _report(self) -> None:
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_READ)).fetchall()
        for kind in self._checks:
            self._differences.labels(kind).set(sum(row["kind"] == kind for row in rows))
        for row in rows:
            if row["lasts"] >= self._alarm_after:
                _log.error("difference stays", kind=row["kind"], subject=row["subject"])
        _log.info("reconciled", open=len(rows))
