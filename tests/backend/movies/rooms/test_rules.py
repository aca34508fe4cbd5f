"""Layouts: every seat its own number, label and place."""

import pytest

from backend.contracts.problems_catalogue import LayoutWrong
from backend.movies.rooms.rules import check_layout
from tests.support.cinema import layout


def _changed(**change: object):
    seats = layout(2)
    seats[4] = seats[4].model_copy(update=change)
    return seats


def test_good_layout_passes():
    check_layout(layout())
    check_layout(_changed(block=1, position=0))  # an aisle begins a block of its own


@pytest.mark.parametrize("change", [{"seat": 4}, {"label": "4"}, {"position": 3}])
def test_two_seats_that_share_something_are_refused(change):
    with pytest.raises(LayoutWrong):
        check_layout(_changed(**change))


def test_pair_must_be_a_seat_of_the_room():
    with pytest.raises(LayoutWrong) as raised:
        check_layout(_changed(pair=99))

    assert raised.value.facts == {"seats": [5]}
