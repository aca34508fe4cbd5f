"""Where people sit down: parties together, near the best places, at some distance from strangers.

Pure: the same map and the same dice give the same seats.
"""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from random import Random

from backend.contracts.seats import LayoutSeat

_FOCUS_DEPTH = 0.62
# How much a row further from the best one counts, against a seat to the side.
_ROW_WEIGHT = 1.5
_BESIDE_STRANGERS = 3.0
_TASTES_DIFFER = 2.6
_PLACES = frozenset({"wheelchair", "companion"})
Run = tuple[LayoutSeat, ...]


@dataclass(frozen=True, slots=True)
class Hall:
    """A layout as visitors see it: runs of seats without an aisle between, and the best spot."""

    runs: tuple[Run, ...]
    beside: dict[int, tuple[int, ...]]
    focus: tuple[float, float]
    pairs: tuple[tuple[int, int], ...]
    is_for_couples: bool


def hall_of(layout: Sequence[LayoutSeat]) -> Hall:
    """Arrange a layout; `pairs` are each wheelchair place and its companion's."""
    blocks: dict[tuple[str, int], list[LayoutSeat]] = {}
    for seat in layout:
        if not seat.broken:
            blocks.setdefault((seat.row, seat.block), []).append(seat)
    runs = [run for block in blocks.values() for run in _unbroken(block)]
    beside: dict[int, list[int]] = {seat.seat: [] for seat in layout}
    for run in runs:
        for left, right in pairwise(run):
            beside[left.seat].append(right.seat)
            beside[right.seat].append(left.seat)
    xs, ys = [seat.x for seat in layout], [seat.y for seat in layout]
    return Hall(
        runs=tuple(runs),
        beside={seat: tuple(others) for seat, others in beside.items()},
        focus=((min(xs) + max(xs)) / 2, min(ys) + (max(ys) - min(ys)) * _FOCUS_DEPTH),
        pairs=tuple(
            (seat.seat, seat.pair)
            for seat in layout
            if seat.kind == "wheelchair" and seat.pair is not None and not seat.broken
        ),
        is_for_couples=sum(seat.kind == "sofa" for seat in layout) > len(layout) / 2,
    )


def _unbroken(block: list[LayoutSeat]) -> Iterator[Run]:
    run: list[LayoutSeat] = []
    for seat in sorted(block, key=lambda seat: seat.position):
        if run and seat.position != run[-1].position + 1:
            yield tuple(run)
            run = []
        run.append(seat)
    yield tuple(run)


def seated(hall: Hall, taken: frozenset[int], party: int, dice: Random) -> list[int]:
    """Return seats for a party, or nothing where there is no room for all of it.

    Whoever finds no run that is long enough splits up and stays as near as possible. Wheelchair
    places and their companions' are left to those who need them. A seat that would be left alone
    is taken as well when the party cannot avoid it, so the party may grow by one or two.
    """
    chosen: list[LayoutSeat] = []
    near = hall.focus
    while len(chosen) < party:
        now = taken | {seat.seat for seat in chosen}
        window = _best_run(hall, now, party - len(chosen), near=near, dice=dice)
        if not window:
            return []
        chosen.extend(window)
        near = _middle(window)
    seats = frozenset(seat.seat for seat in chosen)
    return sorted(seats | left_alone(hall, taken | seats, seats))


def left_alone(hall: Hall, taken: frozenset[int], around: frozenset[int]) -> frozenset[int]:
    """Return the free seats beside `around` whose both neighbours are taken."""
    beside = {other for seat in around for other in hall.beside[seat]}
    return frozenset(
        seat
        for seat in beside - taken
        if len(hall.beside[seat]) == 2 and all(other in taken for other in hall.beside[seat])
    )


def _best_run(
    hall: Hall,
    taken: frozenset[int],
    party: int,
    *,
    near: tuple[float, float],
    dice: Random,
) -> Run:
    for size in range(party, 0, -1):
        runs = list(_free_runs(hall, taken, size))
        if runs:
            return min(runs, key=lambda run: _cost(hall, taken, run, near=near, dice=dice))
    return ()


def _free_runs(hall: Hall, taken: frozenset[int], size: int) -> Iterator[Run]:
    for run in hall.runs:
        for start in range(len(run) - size + 1):
            window = run[start : start + size]
            if all(seat.seat not in taken and seat.kind not in _PLACES for seat in window):
                yield window


def _cost(
    hall: Hall,
    taken: frozenset[int],
    run: Run,
    *,
    near: tuple[float, float],
    dice: Random,
) -> tuple[int, float]:
    """Rank a run: seats left alone first, then distance, strangers beside it, and taste."""
    seats = frozenset(seat.seat for seat in run)
    alone = len(left_alone(hall, taken | seats, seats))
    beside = {other for seat in seats for other in hall.beside[seat]} - seats
    x, y = _middle(run)
    distance = hypot(x - near[0], _ROW_WEIGHT * (y - near[1]))
    strangers = _BESIDE_STRANGERS * len(beside & taken)
    return alone, distance + strangers + _TASTES_DIFFER * dice.random() * dice.random() * 4


def _middle(run: Run) -> tuple[float, float]:
    return sum(seat.x for seat in run) / len(run), sum(seat.y for seat in run) / len(run)


def taken_of(layout: Sequence[LayoutSeat], bitmap: str) -> frozenset[int]:
    """Return the seats that a map shows as not free: two bits a seat, in the layout's order."""
    packed = b64decode(bitmap)
    return frozenset(
        seat.seat
        for index, seat in enumerate(layout)
        if packed[index // 4] >> (6 - 2 * (index % 4)) & 0b11
    )
