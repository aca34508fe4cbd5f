"""A choice becomes priced lines whose sums are the order's, or a problem that names the seats."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.catalogue import PriceRule
from backend.contracts.orders import LineChoice
from backend.contracts.problems_orders import (
    SeatBroken,
    SeatTwice,
    SeatUnknown,
    TicketTypeUnknown,
)
from backend.movies.orders.offers import Offer, TicketType
from backend.movies.orders.pricing import priced
from backend.movies.prices.rules import PriceCard, Showing
from backend.movies.seats.bits import shifts_of
from backend.movies.seats.rules import room_of
from tests.support.cinema import layout

_ID = UUID(int=1)
_SEATS = [*layout(2)[:-1], layout(2)[-1].model_copy(update={"broken": True})]
_TYPES = {
    "adult": TicketType({"en": "Adult", "ro": "Adult"}, "none"),
    "child": TicketType({"en": "Child", "ro": "Copil"}, "child"),
    "carer": TicketType({"en": "Carer", "ro": "Însoțitor"}, "carer"),
    "club": TicketType({"en": "Club", "ro": "Club"}, "none"),
}
_PRICES = {"adult": 3233, "child": 2201, "carer": 0}
OFFER = Offer(
    screening_id=1,
    public_id=_ID,
    cinema_id=_ID,
    cinema_slug="mesh",
    cinema_name="Mesh",
    seller={},
    zone="Europe/Bucharest",
    currency="RON",
    film_id=_ID,
    title={"en": "Nosferatu", "ro": "Nosferatu"},
    certificate="",
    room_name="Room 1",
    starts_at=datetime(2026, 5, 1, 18, tzinfo=UTC),
    ends_at=datetime(2026, 5, 1, 20, tzinfo=UTC),
    layout_id=1,
    layout=tuple(_SEATS),
    room=room_of(_SEATS),
    shifts=shifts_of([seat.seat for seat in _SEATS]),
    card=PriceCard(
        7,
        tuple(PriceRule(ticket_type=code, price_minor=price) for code, price in _PRICES.items()),
        fee_minor=151,
        tax_rate_bp=1100,
    ),
    showing=Showing(4, 1260, "2D"),
    ticket_types=_TYPES,
)


def choose(*seats: int, ticket_type: str = "adult") -> list[LineChoice]:
    return [LineChoice(seat=seat, ticket_type=ticket_type) for seat in seats]


@given(st.lists(st.sampled_from(["adult", "child"]), min_size=1, max_size=10))
def test_sums_of_an_order_are_those_of_its_lines(types):
    choices = [LineChoice(seat=3 + n, ticket_type=kind) for n, kind in enumerate(types)]

    order = priced(OFFER, choices, "ro")
    rows = [line.row() for line in order.lines]

    assert [row["line_no"] for row in rows] == list(range(1, len(types) + 1))
    assert [row["price_minor"] for row in rows] == [_PRICES[kind] for kind in types]
    assert order.total_minor == sum(_PRICES[kind] + 151 for kind in types)
    assert order.fee_minor == 151 * len(types)
    assert order.tax_minor == sum(line.price.tax_minor for line in order.lines)
    assert order.seats == {choice.seat for choice in choices}


def test_lines_carry_the_name_of_their_ticket_in_the_buyers_language():
    [line] = priced(OFFER, choose(5, ticket_type="child"), "ro").lines

    assert (line.ticket_type_name, line.seat.row, line.seat.label) == ("Copil", "A", "5")


@pytest.mark.parametrize(
    ("choices", "problem", "facts"),
    [
        (choose(3, 4, 3), SeatTwice, {"seats": [3]}),
        (choose(3, 999), SeatUnknown, {"seats": [999]}),
        (choose(20), SeatBroken, {"seats": [20]}),
        (choose(3, ticket_type="dog"), TicketTypeUnknown, {"ticket_type": "dog", "seat": 3}),
        (choose(3, ticket_type="club"), TicketTypeUnknown, {"ticket_type": "club", "seat": 3}),
    ],
)
def test_choice_that_cannot_be_sold_is_named(choices, problem, facts):
    with pytest.raises(problem) as raised:
        priced(OFFER, choices, "en")

    assert raised.value.facts == facts


def test_carers_without_a_wheelchair_ticket_in_the_order_are_counted():
    alone = choose(3, ticket_type="carer")
    beside_nobody = choose(2, ticket_type="carer") + choose(3)
    on_the_place_itself = choose(1, ticket_type="carer")
    two_with_one = choose(1) + choose(2, 3, ticket_type="carer")

    apart = [
        priced(OFFER, choices, "en").carers_apart
        for choices in (alone, beside_nobody, on_the_place_itself, two_with_one)
    ]
    assert apart == [1, 1, 1, 1]
    order = priced(OFFER, choose(1) + choose(2, ticket_type="carer"), "en")
    assert [line.price.gross_minor for line in order.lines] == [3384, 0]
    assert order.carers_apart == 0
