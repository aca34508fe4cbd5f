"""Differences: opened, kept, closed and opened again by checks."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from backend.kit.database import Database
from backend.kit.differences import Findings, Reconciler, read_open

pytestmark = pytest.mark.integration


@pytest.fixture
async def database(database_of):
    made = Database(database_of("backend.payment"))
    await made.open()
    yield made
    await made.close()


class Check:
    """Finds what it is told to find."""

    def __init__(self) -> None:
        self.found: Findings | Exception = Findings()

    async def __call__(self) -> Findings:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def reconciler(database: Database, registry: CollectorRegistry | None = None, **checks: Check):
    return Reconciler(
        database,
        checks,
        alarm_after=timedelta(minutes=15),
        registry=registry or CollectorRegistry(),
    )


async def seen(database: Database) -> list[tuple[str, str, dict]]:
    async with database.connection() as connection:
        return [(one.kind, one.subject, one.facts) for one in await read_open(connection)]


async def test_a_difference_is_opened_once_kept_and_closed(database):
    check = Check()
    rounds = reconciler(database, a=check)

    check.found = Findings({"x": {"n": 1}, "y": {"n": 2}})
    await rounds.round()
    first = await _times(database, "x")
    check.found = Findings({"x": {"n": 3}})
    await rounds.round()
    second = await _times(database, "x")

    assert await seen(database) == [("a", "x", {"n": 3})]
    assert second["found_at"] == first["found_at"]
    assert second["seen_at"] > first["seen_at"]


async def test_a_difference_that_comes_back_is_found_anew(database):
    check = Check()
    rounds = reconciler(database, a=check)
    check.found = Findings({"x": {}})
    await rounds.round()
    first = await _times(database, "x")

    check.found = Findings()
    await rounds.round()
    closed = await _times(database, "x")
    check.found = Findings({"x": {}})
    await rounds.round()
    again = await _times(database, "x")

    assert closed["closed_at"] is not None
    assert again["closed_at"] is None
    assert again["found_at"] > first["found_at"]


async def test_a_check_that_looked_at_some_closes_only_those(database):
    check = Check()
    rounds = reconciler(database, a=check)
    check.found = Findings({"x": {}, "y": {}})
    await rounds.round()

    check.found = Findings({}, frozenset({"x"}))
    await rounds.round()

    assert await seen(database) == [("a", "y", {})]


async def test_kinds_do_not_touch_each_other(database):
    one, other = Check(), Check()
    one.found = other.found = Findings({"x": {}})
    await reconciler(database, a=one, b=other).round()

    one.found = Findings()
    await reconciler(database, a=one, b=other).round()

    assert await seen(database) == [("b", "x", {})]


async def test_a_check_that_fails_closes_nothing_and_stops_no_other(database):
    broken, good = Check(), Check()
    registry = CollectorRegistry()
    rounds = reconciler(database, registry, a=broken, b=good)
    broken.found = Findings({"x": {}})
    assert await rounds.round()
    beat = registry.get_sample_value("mm_recon_heartbeat_seconds")

    broken.found = RuntimeError("the provider is odd today")
    good.found = Findings({"z": {}})

    assert await rounds.round() is False
    assert await seen(database) == [("a", "x", {}), ("b", "z", {})]
    assert registry.get_sample_value("mm_recon_heartbeat_seconds") == beat
    assert registry.get_sample_value("mm_recon_differences", {"kind": "b"}) == 1


async def _times(database: Database, subject: str):
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT * FROM recon_diff WHERE subject = %s", (subject,))
        return await cursor.fetchone()
