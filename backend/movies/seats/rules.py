"""Which seats may be chosen together: nobody is left alone, and the best places for a party.

Neighbours stand in the same row and block at following positions; an aisle begins a new block.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from backend.contracts.seats import LayoutSeat

_FOCUS_DEPTH = 0.62
_RESERVED_KINDS = frozenset({"wheelchair", "companion"})
Window = tuple[LayoutSeat, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A layout, arranged for the rules: its blocks, each seat's neighbours, and broken seats."""

    seats: dict[int, LayoutSeat]
    broken: frozenset[int]
    blocks: tuple[Window, ...]
    neighbours: dict[int, tuple[int, ...]]
    focus: tuple[float, float]


def room_of(seats: Sequence[LayoutSeat]) -> Room:
    """Arrange a layout."""
    blocks: dict[tuple[str, int], list[LayoutSeat]] = {}
    for seat in seats:
        blocks.setdefault((seat.row, seat.block), []).append(seat)
    ordered = tuple(tuple(sorted(block, key=lambda s: s.position)) for block in blocks.values())
    neighbours: dict[int, list[int]] = {seat.seat: [] for seat in seats}
    for block in ordered:
        for left, right in pairwise(block):
            if right.position == left.position + 1:
                neighbours[left.seat].append(right.seat)
                neighbours[right.seat].append(left.seat)
    xs, ys = [seat.x for seat in seats], [seat.y for seat in seats]
    return Room(
        seats={seat.seat: seat for seat in seats},
        broken=frozenset(seat.seat for seat in seats if seat.broken),
        blocks=ordered,
        neighbours={seat: tuple(beside) for seat, beside in neighbours.items()},
        focus=((min(xs) + max(xs)) / 2, min(ys) + (max(ys) - min(ys)) * _FOCUS_DEPTH),
    )


def lone_seats(room: Room, taken: Container[int], chosen: frozenset[int]) -> list[int]:
    """Return the free seats that the choice would leave alone between two taken ones.

    An aisle counts as a neighbour that stays free: the seat beside it can still be sold. A broken
    seat counts as taken: nobody will ever sit there.
    """

    # Asked for every order: looks at some neighbours instead of joining three sets.
    def is_gone(seat: int) -> bool:
        return seat in taken or seat in chosen or seat in room.broken

    alone: set[int] = set()
    for choice in chosen:
        for seat in room.neighbours[choice]:
            beside = room.neighbours[seat]
            if len(beside) == 2 and not is_gone(seat) and all(map(is_gone, beside)):
                alone.add(seat)
    return sorted(alone)


def leaves_avoidable_gap(room: Room, taken: Container[int], chosen: frozenset[int]) -> list[int]:
    """Return the seats left alone, if a choice of the same size without a gap exists; else none.

    Wheelchair and companion places are no way out for who chose other seats.
    """
    lone = lone_seats(room, taken, chosen)
    if not lone:
        return []
    is_reserved = any(room.seats[seat].kind in _RESERVED_KINDS for seat in chosen)
    kinds = None if is_reserved else _RESERVED_KINDS
    for window in _windows(room, taken, len(chosen), kinds=kinds):
        if not lone_seats(room, taken, frozenset(seat.seat for seat in window)):
            return lone
    return []


def best_seats(room: Room, taken: frozenset[int], party: int) -> list[int]:
    """Return the best free seats for a party: together and near the focal point, if possible.

    A party that no row can seat together is split over the nearest places; an empty list means
    that there are not enough seats. Places for wheelchairs and companions are not offered.
    """
    chosen: list[int] = []
    blocked = taken
    while len(chosen) < party:
        window = _best_window(room, blocked, party - len(chosen))
        if not window:
            return []
        chosen.extend(seat.seat for seat in window)
        blocked = blocked | frozenset(seat.seat for seat in window)
    return sorted(chosen)


def _best_window(room: Room, taken: Container[int], party: int) -> Window:
    for size in range(party, 0, -1):
        windows = list(_windows(room, taken, size, kinds=_RESERVED_KINDS))
        if windows:
            return min(windows, key=lambda window: _cost(room, taken, window))
    return ()


def _windows(
    room: Room, taken: Container[int], size: int, *, kinds: frozenset[str] | None
) -> Iterable[Window]:
    """Yield each run of `size` free neighbours; seats of the given kinds are passed over."""
    for block in room.blocks:
        for start in range(len(block) - size + 1):
            window = block[start : start + size]
            is_run = window[-1].position - window[0].position == size - 1
            if is_run and all(_is_free(seat, taken, kinds) for seat in window):
                yield window


def _is_free(seat: LayoutSeat, taken: Container[int], kinds: frozenset[str] | None) -> bool:
    return seat.seat not in taken and not seat.broken and not (kinds and seat.kind in kinds)


def _cost(room: Room, taken: Container[int], window: Window) -> tuple[int, float, int]:
    """Rank a window: gaps left, then the distance of its middle from the focal point."""
    gaps = len(lone_seats(room, taken, frozenset(seat.seat for seat in window)))
    middle = sum(seat.x for seat in window) / len(window)
    depth = sum(seat.y for seat in window) / len(window)
    return gaps, hypot(middle - room.focus[0], 1.6 * (depth - room.focus[1])), window[0].seat
