"""The drawing of a room says of each seat what the map says."""

import pytest

from tests.web.purchase import cinema
from web.purchase.seat_plan import plan_of, statuses


def test_map_is_unpacked_in_the_order_of_the_layout():
    wanted = {1: "held", 2: "sold", 3: "blocked", 5: "sold", 32: "held"}

    found = statuses(cinema.layout(), cinema.seat_map(wanted))

    assert {seat: status for seat, status in found.items() if status != "free"} == {
        **wanted,
        16: "blocked",  # it is broken
    }


def test_map_that_does_not_fill_its_last_byte_is_unpacked():
    layout = cinema.layout()[:6]
    seat_map = cinema.seat_map({1: "sold", 6: "held"})

    assert list(statuses(layout, seat_map).values()) == [
        "sold",
        "free",
        "free",
        "free",
        "free",
        "held",
    ]


def test_plan_places_rows_and_seats_as_the_layout_says():
    plan = plan_of(cinema.layout(), statuses(cinema.layout(), cinema.seat_map()))

    assert [row.name for row in plan.rows] == ["A", "B", "C", "D"]
    assert [place.label for place in plan.rows[1].places] == list("12345678")
    first, second, below = plan.places[0], plan.places[1], plan.places[8]
    assert (second.x - first.x, second.y - first.y) == (40, 0)
    assert (below.x - first.x, below.y - first.y) == (0, 50)
    assert plan.kinds == ("standard", "premium", "sofa", "wheelchair", "companion")


@pytest.mark.parametrize(
    ("own", "expected"), [((), ("held", False)), ((11,), ("free", True))], ids=["others", "own"]
)
def test_held_seat_can_be_kept_only_by_its_holder(own, expected):
    now = statuses(cinema.layout(), cinema.seat_map({11: "held"}))

    plan = plan_of(cinema.layout(), now, chosen=[11], own=own)

    place = next(place for place in plan.places if place.seat == 11)
    assert (place.status, place.is_chosen) == expected
    assert plan.open_count == (31 if own else 30)
