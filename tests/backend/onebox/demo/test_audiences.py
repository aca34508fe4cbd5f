"""Audiences order what the services sell: ten seats at most, and carers only beside wheelchairs."""

from datetime import UTC, date, datetime
from random import Random
from uuid import uuid4

import pytest

from backend.contracts.catalogue import RoomWrite, ScreeningRead
from backend.contracts.orders import LineChoice
from backend.onebox.demo.audiences import Audience
from backend.onebox.demo.clusters import hall_of
from backend.onebox.demo.films import Film, films
from backend.onebox.demo.rooms import rooms
from backend.onebox.demo.shows import Show

_EVERY = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)


def _film(slug: str) -> Film:
    return next(film for film in films() if film.slug == slug)


def _audience(
    room: RoomWrite, *, slug: str = "the-kid", is_soon: bool = True, seed: int = 7
) -> Audience:
    at = datetime(2026, 11, 27, 18, tzinfo=UTC)
    screening = ScreeningRead(
        id=uuid4(),
        key=1,
        film_id=uuid4(),
        room_id=uuid4(),
        room_name=room.name,
        starts_at=at,
        ends_at=at,
        business_day=date(2026, 11, 27),
        format="2D",
        spoken_language="zxx",
        subtitles="ro",
        state="on_sale",
        is_on_sale=True,
        capacity=len(room.seats),
        free=len(room.seats),
        from_price_minor=3150,
        currency="RON",
    )
    show = Show(screening, _film(slug), wanted=len(room.seats), is_soon=is_soon)
    return Audience(show, room.seats, hall_of(room.seats), dice=Random(seed))


def _sold_out(audience: Audience) -> list[list[LineChoice]]:
    orders = []
    while lines := audience.choose(len(audience.layout)):
        orders.append(lines)
        audience.taken |= {line.seat for line in lines}
    return orders


@pytest.mark.parametrize("seed", range(3))
@_EVERY
def test_a_room_sells_out_by_orders_of_ten_seats_at_most(room: RoomWrite, seed):
    orders = _sold_out(_audience(room, seed=seed))

    sold = [line.seat for lines in orders for line in lines]
    assert sorted(sold) == sorted(seat.seat for seat in room.seats)
    assert max(len(lines) for lines in orders) <= 10
    assert len(sold) / len(orders) > 5


@_EVERY
def test_a_carer_sits_beside_somebody_in_a_wheelchair_of_the_same_order(room: RoomWrite):
    by_number = {seat.seat: seat for seat in room.seats}

    for lines in _sold_out(_audience(room)):
        tickets = {line.seat: line.ticket_type for line in lines}
        for seat, ticket in tickets.items():
            if ticket == "carer":
                pair = by_number[seat].pair
                assert by_number[seat].kind == "companion"
                assert pair is not None
                assert tickets[pair] == "adult"
            else:
                assert by_number[seat].kind != "companion"


@_EVERY
def test_no_more_seats_are_asked_for_than_are_wanted(room: RoomWrite):
    """A party of one may take the seat that would be left alone, and a sofa is for two."""
    assert len(_audience(room).choose(1)) <= 3


def test_children_come_only_to_films_for_everybody():
    room = rooms()[0]
    kinds = {
        slug: {
            line.ticket_type for lines in _sold_out(_audience(room, slug=slug)) for line in lines
        }
        for slug in ("the-kid", "haxan")
    }

    assert "child" in kinds["the-kid"]
    assert "child" not in kinds["haxan"]


def test_addresses_are_left_now_and_then_and_only_for_days_that_are_near():
    room = rooms()[0]
    near, far = _audience(room), _audience(room, is_soon=False)
    lines = [LineChoice(seat=1)]

    assert {order.email is None for order in (near.order(lines) for _ in range(300))} == {
        True,
        False,
    }
    assert {order.email for order in (far.order(lines) for _ in range(300))} == {None}
