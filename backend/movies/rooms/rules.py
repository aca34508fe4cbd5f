"""When a layout can be used: every seat has its own number, label and place in its row."""

from collections.abc import Sequence

from backend.contracts.problems_catalogue import LayoutWrong
from backend.contracts.seats import LayoutSeat


def check_layout(seats: Sequence[LayoutSeat]) -> None:
    """Raise LayoutWrong, naming the seats."""
    numbers = {seat.seat for seat in seats}
    labels = {(seat.row, seat.label) for seat in seats}
    places = {(seat.row, seat.block, seat.position) for seat in seats}
    if len(numbers) < len(seats) or len(labels) < len(seats) or len(places) < len(seats):
        raise LayoutWrong
    lost = [seat.seat for seat in seats if seat.pair is not None and seat.pair not in numbers]
    if lost:
        raise LayoutWrong(seats=lost)
