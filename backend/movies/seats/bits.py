"""A seat map as one number: two bits a seat, in the layout's order, the most significant first.

A copy of a map of 600 seats is 150 bytes, so a map that changes with each order costs nothing.
"""

from base64 import b64encode
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

_FREE, _HELD = 0, 1
_BITS = {"FREE": _FREE, "HELD": _HELD, "PAYING": 1, "SOLD": 2, "BLOCKED": 3}
Shifts = Mapping[int, int]


def shifts_of(seats: Sequence[int]) -> dict[int, int]:
    """Return where each seat of a layout stands in its map."""
    return {seat: 2 * place for place, seat in enumerate(reversed(seats))}


def packed(shifts: Shifts, states: Iterable[tuple[int, str]]) -> int:
    """Return the map of these seats' states; the others are free."""
    return sum(_BITS[state] << shifts[seat] for seat, state in states)


def held(shifts: Shifts, seats: Iterable[int]) -> int:
    """Return the map of these seats, held."""
    return sum(_HELD << shifts[seat] for seat in seats)


def written(bits: int, seats: int) -> str:
    """Return a map as the wire has it: bytes filled up at their end, as base64."""
    padding = -seats % 4
    return b64encode((bits << 2 * padding).to_bytes((seats + 3) // 4)).decode()


@dataclass(frozen=True, slots=True)
class TakenSeats(Container[int]):
    """The seats of a map that nobody can choose any more."""

    shifts: Shifts
    bits: int

    def __contains__(self, seat: object) -> bool:
        # Of every order some seats are asked for: no check of what a caller cannot get wrong.
        return self.bits >> self.shifts[seat] & 3 != _FREE  # type: ignore[index]  # -- see above

    def listed(self) -> frozenset[int]:
        """Return them one by one."""
        return frozenset(seat for seat in self.shifts if seat in self)
