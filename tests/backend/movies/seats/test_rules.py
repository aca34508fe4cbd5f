"""Seat rules: nobody is left alone without need, and the best places are together and free."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contracts.seats import LayoutSeat
from backend.movies.seats.rules import best_seats, leaves_avoidable_gap, lone_seats, room_of


def seat(number: int, position: int, **change: object) -> LayoutSeat:
    fields = {"seat": number, "row": "A", "label": str(number), "x": position, "y": 0.0}
    return LayoutSeat.model_validate(fields | {"position": position} | change)


def row(length: int, **kinds: str) -> list[LayoutSeat]:
    """Return seats 1 to length side by side; `s3="wheelchair"` gives a kind."""
    return [seat(n, n - 1, kind=kinds.get(f"s{n}", "standard")) for n in range(1, length + 1)]


ROW = room_of(row(8))


@st.composite
def rooms(draw):
    """Draw a room of a few blocks, with aisles, broken seats, special places, and taken seats."""
    seats: list[LayoutSeat] = []
    for name in "ABC"[: draw(st.integers(1, 3))]:
        for block in range(draw(st.integers(1, 2))):
            for position in range(draw(st.integers(1, 6))):
                number = len(seats) + 1
                kind = draw(st.sampled_from(["standard"] * 6 + ["wheelchair", "sofa"]))
                seats.append(
                    seat(
                        number,
                        position,
                        row=name,
                        block=block,
                        kind=kind,
                        x=block * 8 + position,
                        y=float("ABC".index(name)),
                        broken=draw(st.integers(0, 9)) == 0,
                    )
                )
    numbers = [one.seat for one in seats]
    taken = draw(st.sets(st.sampled_from(numbers)))
    return room_of(seats), frozenset(taken)


def free_seats(room, taken):
    return [n for n, one in room.seats.items() if n not in taken and not one.broken]


@pytest.mark.parametrize(
    ("taken", "chosen", "alone"),
    [
        (set(), {3}, []),
        (set(), {2}, []),  # seat 1 is at the aisle: it can still be sold
        ({1}, {3}, [2]),
        ({1}, {2, 3}, []),
        ({1, 5}, {3}, [2, 4]),
        (set(), {1, 3}, [2]),
        ({6}, {8}, [7]),
        ({1}, {4}, []),  # two seats stay together
    ],
)
def test_seat_between_two_taken_ones_is_alone(taken, chosen, alone):
    assert lone_seats(ROW, frozenset(taken), frozenset(chosen)) == alone


def test_aisle_is_no_neighbour():
    room = room_of([seat(1, 0), seat(2, 1), seat(3, 0, block=1), seat(4, 1, block=1)])

    assert lone_seats(room, frozenset({4}), frozenset({1})) == []


def test_gap_in_the_positions_is_no_neighbour():
    room = room_of([seat(1, 0), seat(2, 1), seat(3, 3), seat(4, 4)])

    assert lone_seats(room, frozenset({1}), frozenset({3})) == []


def test_broken_seat_counts_as_taken_and_is_never_alone_itself():
    room = room_of([*row(3), seat(4, 3, broken=True), *(seat(n, n - 1) for n in (5, 6, 7))])

    assert lone_seats(room, frozenset(), frozenset({2})) == [3]
    assert lone_seats(room, frozenset(), frozenset({3, 5})) == []


@pytest.mark.parametrize(
    ("taken", "chosen", "refused"),
    [
        ({1}, {3}, [2]),
        ({1, 5}, {2, 3}, [4]),  # 6 and 7 leave nobody alone
        ({1, 5, 6, 7, 8}, {3}, [2, 4]),  # 2 or 4 would leave a pair
        ({1, 5, 6, 7, 8}, {2, 3}, []),  # 3 and 4 leave one alone too
        ({1, 5, 6, 7, 8}, {2, 4}, []),  # no two of these three leave nobody alone
        ({1, 3, 4, 5, 6, 7}, {2}, []),  # nobody is left
    ],
)
def test_gap_is_refused_only_while_another_choice_leaves_none(taken, chosen, refused):
    assert leaves_avoidable_gap(ROW, frozenset(taken), frozenset(chosen)) == refused


def test_wheelchair_places_are_no_way_out_for_others():
    # Free are 2 to 4 and, across the aisle, two wheelchair places: for two people there is no
    # ordinary choice that leaves nobody alone.
    places = [seat(n, n, block=1, kind="wheelchair") for n in (6, 7)]
    room, taken = room_of([*row(5), *places]), frozenset({1, 5})

    assert leaves_avoidable_gap(room, taken, frozenset({2, 3})) == []
    assert leaves_avoidable_gap(room, taken | {6}, frozenset({2, 7})) == []


@settings(max_examples=60)
@given(rooms(), st.data())
def test_choice_is_refused_only_if_a_window_without_a_gap_exists(drawn, data):
    room, taken = drawn
    free = free_seats(room, taken)
    if not free:
        return
    chosen = frozenset(data.draw(st.sets(st.sampled_from(free), min_size=1, max_size=4)))

    refused = leaves_avoidable_gap(room, taken, chosen)

    after = taken | chosen | room.broken
    for one in refused:
        left, right = room.neighbours[one]
        assert one in free
        assert one not in chosen
        assert {left, right} <= after
        assert not {left, right} <= taken | room.broken  # this choice did it
    if refused:
        ways = [frozenset(way) for way in combinations(free, len(chosen))]
        assert any(not lone_seats(room, taken, way) for way in ways)


@settings(max_examples=60)
@given(rooms(), st.integers(1, 10))
def test_best_seats_are_free_ordinary_and_as_many_as_asked_or_none(drawn, party):
    room, taken = drawn
    offered = best_seats(room, taken, party)
    ordinary = [n for n in free_seats(room, taken) if room.seats[n].kind != "wheelchair"]

    assert len(offered) == len(set(offered)) == (party if party <= len(ordinary) else 0)
    assert set(offered) <= set(ordinary)


@settings(max_examples=60)
@given(rooms(), st.integers(1, 5))
def test_party_sits_together_wherever_a_row_has_room(drawn, party):
    room, taken = drawn
    ordinary = {n for n in free_seats(room, taken) if room.seats[n].kind != "wheelchair"}
    runs = [
        block[start : start + party]
        for block in room.blocks
        for start in range(len(block) - party + 1)
        if all(one.seat in ordinary for one in block[start : start + party])
    ]
    if not runs:
        return

    offered = [room.seats[n] for n in best_seats(room, taken, party)]

    assert {(one.row, one.block) for one in offered} == {(offered[0].row, offered[0].block)}
    positions = sorted(one.position for one in offered)
    assert positions == list(range(positions[0], positions[0] + party))


@settings(max_examples=60)
@given(rooms(), st.integers(1, 4))
def test_best_seats_leave_nobody_alone_without_need(drawn, party):
    room, taken = drawn
    offered = frozenset(best_seats(room, taken, party))
    if not offered or len({(room.seats[n].row, room.seats[n].block) for n in offered}) > 1:
        return

    assert leaves_avoidable_gap(room, taken, offered) == []


def test_best_seats_are_near_the_focus():
    seats = [
        seat(r * 9 + p + 1, p, row="ABCDEFGHI"[r], x=float(p), y=float(r), label=f"{r}{p}")
        for r in range(9)
        for p in range(9)
    ]
    room = room_of(seats)

    assert best_seats(room, frozenset(), 1) == [50]  # row F, in the middle
    assert best_seats(room, frozenset(), 3) == [49, 50, 51]


def test_large_party_is_split_over_the_nearest_rows():
    seats = [
        seat(r * 3 + p + 1, p, row="ABC"[r], x=float(p), y=float(r), label=f"{r}{p}")
        for r in range(3)
        for p in range(3)
    ]

    assert len(best_seats(room_of(seats), frozenset({1}), 5)) == 5
    assert best_seats(room_of(seats), frozenset({1}), 9) == []
