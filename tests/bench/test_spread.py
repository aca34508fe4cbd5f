"""Ratios are taken round by round, percentiles are values that were measured."""

import pytest

from bench.spread import Spread, percentile, ratios


def test_ratios_are_of_the_same_round():
    spread = ratios([10.0, 40.0, 30.0], [10.0, 20.0, 40.0])

    assert spread.rounds == (1.0, 2.0, 0.75)
    assert (spread.low, spread.median, spread.high) == (0.75, 1.0, 2.0)


def test_a_median_of_ratios_is_no_ratio_of_medians():
    ours, limit = [1.0, 2.0, 9.0], [1.0, 4.0, 3.0]

    assert ratios(ours, limit).median == 1.0
    assert Spread(tuple(ours)).median / Spread(tuple(limit)).median == pytest.approx(2 / 3)


def test_rounds_without_a_partner_are_refused():
    with pytest.raises(ValueError, match="argument"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1), (0.01, 1), (0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100)]
)
def test_percentile_is_a_value_that_was_measured(share, value):
    assert percentile(list(range(100, 0, -1)), share) == value


@pytest.mark.parametrize("make", [lambda: Spread(()), lambda: percentile([], 0.5)])
def test_nothing_has_no_middle(make):
    with pytest.raises(ValueError, match="needs"):
        make()
