"""A room as the seat picker shows it: rows of places, where each one is drawn, and its state now.

One unit of a layout, a seat's width, is `UNIT` units of the drawing. A room is arranged once; what
changes with each sale is one code for each of its places.
"""

from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from backend.contracts.seats import STATUSES, LayoutSeat, SeatKind, SeatMap, SeatStatus

UNIT = 40
_SIDE = 50
_TOP = 104
_BOTTOM = 36
KINDS: tuple[SeatKind, ...] = ("standard", "premium", "sofa", "wheelchair", "companion")
FREE, BLOCKED = STATUSES.index("free"), STATUSES.index("blocked")
# A free place that the visitor has chosen.
CHOSEN = len(STATUSES)
_MOST_ROOMS = 64
# The four places that a byte of a map speaks of.
_OF_BYTE = [bytes((byte >> 6, byte >> 4 & 3, byte >> 2 & 3, byte & 3)) for byte in range(256)]


@dataclass(frozen=True, slots=True)
class Place:
    """A seat where it stands; `x` and `y` are its centre in the drawing."""

    seat: int
    row: str
    label: str
    kind: SeatKind
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Row:
    """The places of a row from left to right, and where each stands in the layout."""

    name: str
    places: tuple[Place, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Room:
    """A layout, arranged: its rows in the layout's order, the one at the screen first."""

    layout: Sequence[LayoutSeat]
    rows: tuple[Row, ...]
    width: int
    height: int

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every place, row by row."""
        return tuple(place for row in self.rows for place in row.places)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Where each of the places stands in the layout."""
        return tuple(at for row in self.rows for at in row.order)

    @cached_property
    def at(self) -> dict[int, int]:
        """Where a seat stands in the layout."""
        return {seat.seat: at for at, seat in enumerate(self.layout)}

    @cached_property
    def broken(self) -> tuple[int, ...]:
        """Where broken seats stand in the layout."""
        return tuple(at for at, seat in enumerate(self.layout) if seat.broken)

    @cached_property
    def kinds(self) -> tuple[SeatKind, ...]:
        """The kinds that this room has, plainest first."""
        present = {place.kind for place in self.places}
        return tuple(kind for kind in KINDS if kind in present)

    @property
    def columns(self) -> int:
        """How many seats fit side by side, for the least width on a screen."""
        return self.width // UNIT


@dataclass(frozen=True, slots=True)
class Plan:
    """A room now: a status or `CHOSEN` for each place, in the layout's order."""

    room: Room
    codes: bytes

    @property
    def chosen(self) -> list[Place]:
        """The chosen places, row by row."""
        room, codes = self.room, self.codes
        pairs = zip(room.places, room.order, strict=True) if CHOSEN in codes else ()
        return [place for place, at in pairs if codes[at] == CHOSEN]

    @property
    def open_count(self) -> int:
        """How many places can be chosen, or are."""
        return self.codes.count(FREE) + self.codes.count(CHOSEN)

    def status(self, seat: int) -> SeatStatus:
        """Return how a seat stands; a chosen one is free."""
        code = self.codes[self.room.at[seat]]
        return "free" if code == CHOSEN else STATUSES[code]


class Rooms:
    """The rooms of a cinema, each arranged when it is first seen, and again when it was rebuilt."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, tuple[list[dict[str, Any]], Room]] = {}

    def find(self, room_id: UUID, layout: Sequence[LayoutSeat]) -> Room:
        """Return the room of a layout."""
        # Compared by their fields at once; seat by seat, models take ten times as long.
        fields = [vars(seat) for seat in layout]
        known, room = self._rooms.pop(room_id, (None, None))
        if room is None or known != fields:
            room = arranged(layout)
        self._rooms[room_id] = (fields, room)
        while len(self._rooms) > _MOST_ROOMS:
            del self._rooms[next(iter(self._rooms))]
        return room


def arranged(layout: Sequence[LayoutSeat]) -> Room:
    """Arrange a layout."""
    left = min(seat.x for seat in layout)
    front = min(seat.y for seat in layout)
    rows: dict[str, list[tuple[Place, int]]] = {}
    for at, seat in enumerate(layout):
        place = Place(
            seat=seat.seat,
            row=seat.row,
            label=seat.label,
            kind=seat.kind,
            x=round((seat.x - left) * UNIT) + _SIDE,
            y=round((seat.y - front) * UNIT) + _TOP,
        )
        rows.setdefault(seat.row, []).append((place, at))
    places = [place for row in rows.values() for place, _ in row]
    return Room(
        layout=layout,
        rows=tuple(_row(name, row) for name, row in rows.items()),
        width=max(place.x for place in places) + _SIDE,
        height=max(place.y for place in places) + _BOTTOM,
    )


def plan_of(
    room: Room, seat_map: SeatMap, *, chosen: Collection[int] = (), own: Collection[int] = ()
) -> Plan:
    """Return the room now; the visitor's `own` held seats count as free, so they can be kept.

    The map has two bits a seat in the layout's order; a broken seat counts as blocked.
    """
    bits = b64decode(seat_map.bitmap)
    codes = bytearray(b"".join([_OF_BYTE[byte] for byte in bits])[: len(room.layout)])
    for at in room.broken:
        codes[at] = BLOCKED
    for seat in own:
        if seat in room.at:
            codes[room.at[seat]] = FREE
    for seat in chosen:
        if seat in room.at and codes[room.at[seat]] == FREE:
            codes[room.at[seat]] = CHOSEN
    return Plan(room, bytes(codes))


def _row(name: str, found: list[tuple[Place, int]]) -> Row:
    ordered = sorted(found, key=lambda pair: pair[0].x)
    return Row(name, tuple(place for place, _ in ordered), tuple(at for _, at in ordered))
