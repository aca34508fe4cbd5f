"""Prices: the most specific rule wins, a free ticket carries no fee, tax is rounded half up."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.catalogue import PriceRule
from backend.movies.prices.rules import PriceCard, Showing, tax_within

EVENING = Showing(weekday=4, minute=20 * 60, format="2D")


def card(*rules: dict[str, Any], fee_minor: int = 150, tax_rate_bp: int = 1100) -> PriceCard:
    made = tuple(PriceRule.model_validate({"ticket_type": "adult"} | rule) for rule in rules)
    return PriceCard(1, made, fee_minor, tax_rate_bp)


def price(made: PriceCard, *, kind: str = "standard", showing: Showing = EVENING) -> int | None:
    found = made.price("adult", kind, showing)
    return None if found is None else found.price_minor


def test_rule_with_the_most_conditions_wins_wherever_it_stands():
    general = {"price_minor": 1000}
    sofa = {"price_minor": 2000, "seat_kind": "sofa"}
    friday_sofa = {"price_minor": 3000, "seat_kind": "sofa", "weekdays": [4]}

    for rules in ((general, sofa, friday_sofa), (friday_sofa, sofa, general)):
        assert price(card(*rules)) == 1000
        assert price(card(*rules), kind="sofa") == 3000


def test_later_rule_wins_a_tie():
    assert price(card({"price_minor": 1}, {"price_minor": 2})) == 2
    by_day = {"price_minor": 10, "weekdays": [4]}
    by_format = {"price_minor": 20, "format": "2D"}
    assert price(card(by_day, by_format)) == 20
    assert price(card(by_format, by_day)) == 10


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"weekdays": [0, 4]}, True),
        ({"weekdays": [5]}, False),
        ({"weekdays": []}, False),
        ({"format": "2D"}, True),
        ({"format": "3D"}, False),
        ({"seat_kind": "sofa"}, False),
        ({"from_minute": 1200}, True),
        ({"from_minute": 1201}, False),
        ({"to_minute": 1200}, False),
        ({"to_minute": 1201}, True),
        ({"from_minute": 1080, "to_minute": 1320}, True),
        ({"from_minute": 1080, "to_minute": 1200}, False),
        ({"from_minute": 1320, "to_minute": 120}, False),
        ({"from_minute": 1140, "to_minute": 120}, True),
    ],
)
def test_rule_counts_only_where_all_its_conditions_hold(condition, holds):
    assert price(card({"price_minor": 700} | condition)) == (700 if holds else None)


def test_span_past_midnight_holds_on_both_sides_of_it():
    late = card({"price_minor": 900, "from_minute": 22 * 60, "to_minute": 2 * 60})

    found = [price(late, showing=Showing(4, minute, "2D")) for minute in (1319, 1320, 0, 119, 120)]

    assert found == [None, 900, 900, 900, None]


def test_ticket_type_that_the_card_does_not_name_is_not_sold():
    assert card({"price_minor": 700}).price("child", "standard", EVENING) is None


def test_free_ticket_carries_no_fee_and_no_tax():
    found = card({"price_minor": 0}).price("adult", "standard", EVENING)

    assert found is not None
    assert (found.fee_minor, found.gross_minor, found.tax_minor) == (0, 0, 0)


@given(st.integers(1, 5_000_000), st.integers(0, 5_000_000), st.integers(0, 10_000))
def test_gross_is_price_and_fee_with_the_tax_inside(price_minor, fee_minor, rate):
    made = card({"price_minor": price_minor}, fee_minor=fee_minor, tax_rate_bp=rate)

    found = made.price("adult", "standard", EVENING)

    assert found is not None
    assert found.gross_minor == price_minor + fee_minor
    assert found.tax_minor == tax_within(found.gross_minor, rate)
    assert 0 <= found.tax_minor < found.gross_minor


@given(st.integers(0, 100_000_000), st.integers(0, 10_000))
def test_tax_is_that_of_an_exact_calculation_rounded_half_up(gross, rate):
    exact = Decimal(gross) * rate / (10_000 + rate)

    assert tax_within(gross, rate) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(3350, 1100, 332), (3, 10_000, 2), (1, 10_000, 1), (9, 2000, 2), (0, 1900, 0), (100, 0, 0)],
)
def test_half_of_the_smallest_coin_goes_up(gross, rate, tax):
    assert tax_within(gross, rate) == tax
