"""The rooms: layouts that the service accepts, that people can sit in, and that differ."""

from itertools import combinations
from math import hypot

import pytest

from backend.contracts.catalogue import RoomWrite
from backend.contracts.seats import LayoutSeat
from backend.movies.rooms.rules import check_layout
from backend.movies.seats.rules import room_of
from backend.onebox.demo.rooms import SHAPES, rooms

_EVERY = pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)


def _kinds(room: RoomWrite) -> dict[str, int]:
    kinds = [seat.kind for seat in room.seats]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


@_EVERY
def test_the_service_accepts_the_layout(room: RoomWrite):
    check_layout(room.seats)


def test_four_rooms_of_different_shapes():
    assert {room.name: _kinds(room) for room in rooms()} == {
        "Lumière": {"companion": 4, "premium": 20, "standard": 204, "wheelchair": 4},
        "Méliès": {"companion": 2, "premium": 32, "standard": 108, "wheelchair": 2},
        "Brezeanu": {"companion": 2, "premium": 11, "standard": 84, "wheelchair": 2},
        "Salon": {"companion": 2, "sofa": 54, "standard": 6, "wheelchair": 2},
    }
    assert len({frozenset((seat.x, seat.y) for seat in room.seats) for room in rooms()}) == 4


@_EVERY
def test_no_two_seats_share_their_space(room: RoomWrite):
    closest = min(
        hypot(one.x - other.x, one.y - other.y) for one, other in combinations(room.seats, 2)
    )

    assert closest >= 0.99


@_EVERY
def test_each_wheelchair_place_has_its_companion_beside_it(room: RoomWrite):
    by_number = {seat.seat: seat for seat in room.seats}
    neighbours = room_of(room.seats).neighbours

    for seat in room.seats:
        if seat.kind in {"wheelchair", "companion"}:
            assert seat.pair is not None
            beside = by_number[seat.pair]
            assert {seat.kind, beside.kind} == {"wheelchair", "companion"}
            assert beside.pair == seat.seat
            assert beside.seat in neighbours[seat.seat]
        else:
            assert seat.pair is None


@_EVERY
def test_labels_count_from_the_left_and_rows_from_the_screen(room: RoomWrite):
    rows: dict[str, list[LayoutSeat]] = {}
    for seat in room.seats:
        rows.setdefault(seat.row, []).append(seat)

    for seats in rows.values():
        from_left = sorted(seats, key=lambda seat: seat.x)
        assert [seat.label for seat in from_left] == [str(n + 1) for n in range(len(seats))]
    depths = [sum(seat.y for seat in seats) / len(seats) for _, seats in sorted(rows.items())]
    assert depths == sorted(depths)
    assert "I" not in rows


@_EVERY
def test_neighbours_sit_side_by_side_and_an_aisle_parts_blocks(room: RoomWrite):
    by_number = {seat.seat: seat for seat in room.seats}

    for number, beside in room_of(room.seats).neighbours.items():
        for other in beside:
            assert abs(by_number[number].x - by_number[other].x) <= 1.5


def test_a_sofa_seats_two():
    salon = next(room for room in rooms() if room.name == "Salon")
    sofas = [block for block in room_of(salon.seats).blocks if block[0].kind == "sofa"]

    assert [len(sofa) for sofa in sofas] == [2] * 27


def test_curved_rows_bend_towards_the_screen():
    for shape, room in zip(SHAPES, rooms(), strict=True):
        last = [seat for seat in room.seats if seat.row == room.seats[-1].row]
        ends = (last[0].y + last[-1].y) / 2
        middle = max(seat.y for seat in last)
        assert (middle - ends > 0.1) == (shape.curve > 0)
