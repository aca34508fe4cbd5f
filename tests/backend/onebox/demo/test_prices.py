"""What tickets cost: every seat has a price for everybody, and dearer things cost more."""

from itertools import product

import pytest

from backend.contracts.catalogue import PriceCardWrite
from backend.movies.prices.endpoints import check_prices
from backend.movies.prices.rules import PriceCard, Showing
from backend.movies.settings import MoviesSettings
from backend.onebox.demo.prices import CINEMA, TICKET_TYPES, price_cards
from backend.onebox.people import CINEMA as SLUG

_KINDS = ("standard", "premium", "sofa", "wheelchair", "companion")
_PAYING = ("adult", "child", "student", "senior")
_SHOWING = Showing(weekday=2, minute=19 * 60, format="2D")


def _price(card: PriceCardWrite, who: str, kind: str) -> int:
    read = PriceCard(1, tuple(card.rules), card.fee_minor, card.tax_rate_bp)
    price = read.price(who, kind, _SHOWING)
    assert price is not None
    return price.gross_minor


@pytest.mark.parametrize("card", price_cards(), ids=lambda card: card.name)
def test_every_ticket_type_is_sold_for_every_kind_of_seat(card: PriceCardWrite):
    check_prices(card, least_minor=MoviesSettings.model_fields["least_charge_minor"].default)
    for who, kind in product(_PAYING, _KINDS):
        assert _price(card, who, kind) > card.fee_minor
    assert {_price(card, "carer", kind) for kind in _KINDS} == {0}


@pytest.mark.parametrize("card", price_cards(), ids=lambda card: card.name)
def test_better_seats_cost_more_and_reduced_tickets_less(card: PriceCardWrite):
    for who in _PAYING:
        assert _price(card, who, "standard") < _price(card, who, "premium")
        assert _price(card, who, "premium") < _price(card, who, "sofa")
        assert _price(card, who, "standard") == _price(card, who, "wheelchair")
    for who in _PAYING[1:]:
        assert _price(card, who, "standard") < _price(card, "adult", "standard")


def test_evenings_cost_more_than_matinees_and_weekends_most():
    matinee, evening, weekend = (_price(card, "adult", "standard") for card in price_cards())

    assert [card.name for card in price_cards()] == [
        "Weekday matinee",
        "Weekday evening",
        "Weekend",
    ]
    assert matinee < evening < weekend


def test_an_adult_in_the_evening_pays_30_lei_and_the_fee_tax_included():
    evening = price_cards()[1]
    read = PriceCard(1, tuple(evening.rules), evening.fee_minor, evening.tax_rate_bp)

    price = read.price("adult", "standard", _SHOWING)

    assert price is not None
    assert (price.price_minor, price.fee_minor, price.gross_minor) == (3000, 150, 3150)
    assert (price.tax_rate_bp, price.tax_minor) == (1100, 312)


def test_ticket_types_are_named_in_both_languages_and_in_order():
    assert [kind.code for kind in sorted(TICKET_TYPES, key=lambda kind: kind.position)] == [
        *_PAYING,
        "carer",
    ]
    for kind in TICKET_TYPES:
        assert kind.name.keys() == {"en", "ro"}
        assert kind.note is None or kind.note.keys() == {"en", "ro"}


def test_the_cinema_is_the_one_where_the_demo_people_work():
    assert (CINEMA.slug, CINEMA.zone, CINEMA.currency) == (SLUG, "Europe/Bucharest", "RON")
