"""A house in which everything went well gives the checker nothing to say."""

from datetime import timedelta

import psycopg
import pytest

from backend.audit.checker import INVARIANTS, STARRED, Sources, UnknownInvariant, check
from backend.audit.sources import snapshots

pytestmark = pytest.mark.integration


async def test_clean_sales_break_nothing(sold):
    verdicts = await check(Sources(sold.dsns, sold.access_log), settle_age=timedelta(0))

    assert [each.invariant for each in verdicts] == [each.name for each in INVARIANTS]
    assert {v.invariant: [f.what for f in v.findings] for v in verdicts if v.findings} == {}
    assert [v.invariant for v in verdicts if not v.rows_checked] == []


async def test_every_invariant_has_one_name():
    names = [each.name for each in INVARIANTS]

    assert sorted(set(names)) == sorted(names)


def test_those_that_hold_at_every_instant_are_named():
    assert sorted(STARRED) == ["I1", "I2", "I3", "I4", "I6", "LOG"]


async def test_some_can_be_chosen(sold):
    verdicts = await check(Sources(sold.dsns), ["I8", "I1"])

    assert [each.invariant for each in verdicts] == ["I1", "I8"]


async def test_an_unknown_one_is_refused(sold):
    with pytest.raises(UnknownInvariant, match="there is no invariant I99; known: I1, I2"):
        await check(Sources(sold.dsns), ["I1", "I99"])


async def test_what_lacks_a_source_is_not_judged(sold):
    verdicts = await check(Sources({"movies": sold.dsns["movies"]}))

    judged = [each.invariant for each in verdicts if each.skipped is None]
    reasons = {each.invariant: each.skipped for each in verdicts if each.skipped}
    assert judged == ["I2", "I3", "I4", "I5", "I6"]
    assert (reasons["I8"], reasons["I24"]) == ("needs payment", "needs access log")


async def test_without_the_providers_tables_our_own_side_is_judged(sold):
    ours = {name: dsn for name, dsn in sold.dsns.items() if name != "simulator"}
    verdicts = await check(Sources(ours), settle_age=timedelta(0))

    assert [each.invariant for each in verdicts if each.without] == ["I8", "I10", "I11", "I29"]
    assert [each.invariant for each in verdicts if each.skipped] == ["I7", "I24"]
    assert [each.invariant for each in verdicts if each.findings] == []


async def test_the_checker_cannot_write_and_waits_for_no_lock(sold):
    async with snapshots(sold.dsns, statement_timeout=timedelta(seconds=5)) as taken:
        for statement in ("DELETE FROM seat_claim", "SELECT 1 FROM orders FOR UPDATE"):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                async with taken["movies"].guarded():
                    await taken["movies"].rows(statement)
        rows = await taken["movies"].rows("SELECT name, setting FROM pg_settings ORDER BY name")

    settings = {row["name"]: row["setting"] for row in rows}
    assert settings["lock_timeout"] == "1000"
    assert settings["statement_timeout"] == "5000"
    assert settings["transaction_isolation"] == "repeatable read"


async def test_a_table_that_somebody_locks_is_told_and_the_rest_is_judged(sold):
    async with await psycopg.AsyncConnection.connect(sold.dsns["ticket"]) as other:
        await other.execute("LOCK TABLE admission IN ACCESS EXCLUSIVE MODE")
        verdicts = await check(Sources(sold.dsns), ["I1", "I20"])
        await other.rollback()

    assert [each.skipped is None for each in verdicts] == [True, False]
    assert str(verdicts[1].skipped).startswith("gave up: canceling statement due to lock timeout")


async def test_many_findings_are_counted_and_some_are_shown(damaged):
    differences = "INSERT INTO recon_diff SELECT 'x', n::text, '{}', '2026-01-01'"
    await damaged.plant(("movies", f"{differences} FROM generate_series(1, 250) AS n"))

    verdict = await damaged.verdict("I30")

    assert (len(verdict.findings), verdict.unlisted) == (100, 150)
