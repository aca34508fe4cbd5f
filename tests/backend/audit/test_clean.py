"""A house in which everything went well gives the checker nothing to say."""

from datetime import timedelta

import pytest

from backend.audit.checker import INVARIANTS, Sources, check

pytestmark = pytest.mark.integration


async def test_clean_sales_break_nothing(sold):
    verdicts = await check(Sources(sold.dsns), settle_age=timedelta(0))

    assert [each.invariant for each in verdicts] == [each.name for each in INVARIANTS]
    assert {v.invariant: [f.what for f in v.findings] for v in verdicts if v.findings} == {}
    assert [v.invariant for v in verdicts if not v.rows_checked] == []


async def test_every_invariant_has_one_name():
    names = [each.name for each in INVARIANTS]

    assert sorted(set(names)) == sorted(names)
