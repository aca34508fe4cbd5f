"""Where parties sit: on free seats, together if that is possible, and leaving nobody alone."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contracts.catalogue import RoomWrite
from backend.movies.seats.bits import packed, shifts_of, written
from backend.movies.seats.rules import leaves_avoidable_gap, lone_seats, room_of
from backend.onebox.demo.clusters import hall_of, left_alone, seated, taken_of
from backend.onebox.demo.rooms import rooms

_HALLS = {room.name: hall_of(room.seats) for room in rooms()}
_ROOMS = {room.name: room_of(room.seats) for room in rooms()}
_LAYOUTS = {room.name: room.seats for room in rooms()}
_PLACES = {"wheelchair", "companion"}


@given(
    name=st.sampled_from(sorted(_HALLS)),
    seed=st.integers(0, 2**32),
    parties=st.lists(st.integers(1, 6), min_size=1, max_size=40),
)
@settings(max_examples=40, deadline=None)
def test_each_party_gets_free_seats_that_the_service_would_sell(name, seed, parties):
    dice, taken = Random(seed), frozenset[int]()

    for party in parties:
        seats = frozenset(seated(_HALLS[name], taken, party, dice))

        assert not seats & taken
        assert not seats or party <= len(seats) <= party + 2
        assert {_ROOMS[name].seats[seat].kind for seat in seats}.isdisjoint(_PLACES)
        assert leaves_avoidable_gap(_ROOMS[name], taken, seats) == []
        assert lone_seats(_ROOMS[name], taken, seats) == []
        taken |= seats


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_can_be_sold_to_its_last_ordinary_seat(room: RoomWrite):
    dice, taken = Random(1), frozenset[int]()
    ordinary = {seat.seat for seat in room.seats if seat.kind not in _PLACES}

    while seats := seated(_HALLS[room.name], taken, dice.choice((2, 3, 4)), dice):
        taken |= frozenset(seats)
    while seats := seated(_HALLS[room.name], taken, 1, dice):
        taken |= frozenset(seats)

    assert taken == ordinary


def test_a_party_in_an_empty_room_sits_in_one_row_near_the_middle():
    hall, seats_of = _HALLS["Lumière"], _ROOMS["Lumière"].seats

    for seed in range(30):
        party = [seats_of[seat] for seat in seated(hall, frozenset(), 4, Random(seed))]
        assert {(seat.row, seat.block) for seat in party} == {(party[0].row, 1)}
        assert all(b.position == a.position + 1 for a, b in pairwise(party))
        assert "D" <= party[0].row <= "L"


def test_a_party_that_no_run_can_seat_splits_up_nearby():
    salon = _ROOMS["Salon"].seats
    front = frozenset(seat.seat for seat in salon.values() if seat.kind != "sofa")

    party = [salon[seat] for seat in seated(_HALLS["Salon"], front, 4, Random(3))]

    sofas = {(seat.row, seat.block) for seat in party}
    assert len(sofas) == 2
    assert max(seat.y for seat in party) - min(seat.y for seat in party) < 2
    assert max(seat.x for seat in party) - min(seat.x for seat in party) < 6


def test_a_party_that_is_too_large_for_what_is_left_gets_nothing():
    taken = frozenset(_ROOMS["Salon"].seats) - {10, 11}

    assert seated(_HALLS["Salon"], taken, 6, Random(0)) == []


def test_a_seat_that_would_be_left_alone_goes_to_the_party_that_cannot_avoid_it():
    lumiere = _ROOMS["Lumière"].seats
    row = [seat.seat for seat in lumiere.values() if seat.row == "A" and seat.block == 1]
    free = row[3:6]
    taken = frozenset(lumiere) - set(free)

    assert seated(_HALLS["Lumière"], taken, 2, Random(0)) == free


def test_strangers_keep_apart_while_there_is_room():
    """Of eight couples in a large room hardly one in five sits beside another."""
    hall, beside = _HALLS["Lumière"], 0

    for seed in range(20):
        dice, taken = Random(seed), frozenset[int]()
        for _ in range(8):
            couple = seated(hall, taken, 2, dice)
            beside += any(other in taken for seat in couple for other in hall.beside[seat])
            taken |= frozenset(couple)

    assert beside < 20 * 8 / 5


def test_left_alone_looks_only_at_seats_with_two_neighbours():
    row = [seat.seat for seat in _LAYOUTS["Lumière"] if seat.row == "A" and seat.block == 1]
    hall = _HALLS["Lumière"]

    assert left_alone(hall, frozenset(row[1:2]), frozenset(row[1:2])) == frozenset()
    around = frozenset({row[1], row[3]})
    assert left_alone(hall, around, around) == {row[2]}


@given(name=st.sampled_from(sorted(_LAYOUTS)), data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_map_reads_back_as_the_service_wrote_it(name, data):
    layout = _LAYOUTS[name]
    numbers = [seat.seat for seat in layout]
    states = data.draw(
        st.dictionaries(st.sampled_from(numbers), st.sampled_from(("HELD", "SOLD", "BLOCKED")))
    )

    bitmap = written(packed(shifts_of(numbers), states.items()), len(numbers))
    assert taken_of(layout, bitmap) == set(states)
