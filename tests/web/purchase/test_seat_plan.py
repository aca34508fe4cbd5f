"""The drawing of a room says of each seat what the map says."""

from uuid import UUID

import pytest

from backend.contracts.seats import LayoutSeat
from tests.web.purchase import cinema
from web.purchase.seat_plan import Rooms, arranged, plan_of

ROOM = UUID(int=1)
OTHER = UUID(int=2)


def test_map_is_unpacked_in_the_order_of_the_layout():
    wanted = {1: "held", 2: "sold", 3: "blocked", 5: "sold", 32: "held"}

    plan = plan_of(arranged(cinema.layout()), cinema.seat_map(wanted))

    found = {seat.seat: plan.status(seat.seat) for seat in cinema.layout()}
    assert {seat: status for seat, status in found.items() if status != "free"} == {
        **wanted,
        16: "blocked",  # it is broken
    }


def test_map_that_does_not_fill_its_last_byte_is_unpacked():
    layout = cinema.layout()[:6]

    plan = plan_of(arranged(layout), cinema.seat_map({1: "sold", 6: "held"}))

    assert [plan.status(seat.seat) for seat in layout] == [
        "sold",
        "free",
        "free",
        "free",
        "free",
        "held",
    ]


def test_room_places_rows_and_seats_as_the_layout_says():
    room = arranged(cinema.layout())

    assert [row.name for row in room.rows] == ["A", "B", "C", "D"]
    assert [place.label for place in room.rows[1].places] == list("12345678")
    first, second, below = room.places[0], room.places[1], room.places[8]
    assert (second.x - first.x, second.y - first.y) == (40, 0)
    assert (below.x - first.x, below.y - first.y) == (0, 50)
    assert room.kinds == ("standard", "premium", "sofa", "wheelchair", "companion")


def test_state_follows_its_seat_where_the_layout_counts_from_the_right():
    """Rows are drawn from left to right, whatever order the layout and so the map has."""
    layout = [
        LayoutSeat(seat=seat, row="A", label=str(seat), x=float(-seat), y=0.0, position=seat)
        for seat in range(1, 4)
    ]
    plan = plan_of(arranged(layout), cinema.seat_map({1: "sold"}), chosen=[3])

    assert [place.seat for place in plan.room.places] == [3, 2, 1]
    assert [plan.codes[at] for at in plan.room.order] == [4, 0, 2]
    assert [place.seat for place in plan.chosen] == [3]


@pytest.mark.parametrize(
    ("own", "expected"), [((), ("held", [])), ((11,), ("free", [11]))], ids=["others", "own"]
)
def test_held_seat_can_be_kept_only_by_its_holder(own, expected):
    room = arranged(cinema.layout())

    plan = plan_of(room, cinema.seat_map({11: "held"}), chosen=[11], own=own)

    assert (plan.status(11), [place.seat for place in plan.chosen]) == expected
    assert plan.open_count == (31 if own else 30)


def test_seats_of_another_room_are_not_chosen():
    plan = plan_of(arranged(cinema.layout()), cinema.seat_map(), chosen=[99], own=[98])

    assert (plan.chosen, plan.open_count) == ([], 31)


def test_room_is_arranged_once_until_it_is_rebuilt():
    rooms = Rooms()
    mended = [seat.model_copy(update={"broken": False}) for seat in cinema.layout()]

    first, again = (rooms.find(ROOM, cinema.layout()) for _ in range(2))
    rebuilt = rooms.find(ROOM, mended)

    assert (first is again, first.broken) == (True, (15,))
    assert (rebuilt.broken, rooms.find(OTHER, cinema.layout()).broken) == ((), (15,))
