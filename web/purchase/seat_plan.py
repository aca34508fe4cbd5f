"""A room as the seat picker shows it: rows of places, and where each one is drawn.

One unit of a layout, a seat's width, is `UNIT` units of the drawing.
"""

from base64 import b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from backend.contracts.seats import STATUSES, LayoutSeat, SeatKind, SeatMap, SeatStatus

UNIT = 40
_SIDE = 50
_TOP = 104
_BOTTOM = 36
KINDS: tuple[SeatKind, ...] = ("standard", "premium", "sofa", "wheelchair", "companion")


@dataclass(frozen=True, slots=True)
class Place:
    """A seat with its state now; `x` and `y` are its centre in the drawing."""

    seat: int
    row: str
    label: str
    kind: SeatKind
    status: SeatStatus
    is_chosen: bool
    x: int
    y: int

    @property
    def is_open(self) -> bool:
        """Say whether a visitor may choose it, or has chosen it."""
        return self.status == "free"


@dataclass(frozen=True, slots=True)
class Row:
    """The places of a row from left to right."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole room, its rows in the order of its layout: the one at the screen first."""

    rows: tuple[Row, ...]
    width: int
    height: int

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place, row by row."""
        return tuple(place for row in self.rows for place in row.places)

    @property
    def kinds(self) -> tuple[SeatKind, ...]:
        """The kinds that this room has, plainest first."""
        present = {place.kind for place in self.places}
        return tuple(kind for kind in KINDS if kind in present)

    @property
    def open_count(self) -> int:
        """How many places can be chosen."""
        return sum(place.is_open for place in self.places)

    @property
    def columns(self) -> int:
        """How many seats fit side by side, for the least width on a screen."""
        return self.width // UNIT


def statuses(layout: Sequence[LayoutSeat], seat_map: SeatMap) -> dict[int, SeatStatus]:
    """Unpack a map: two bits a seat in the layout's order; a broken seat counts as blocked."""
    bits = b64decode(seat_map.bitmap)
    return {
        seat.seat: "blocked" if seat.broken else STATUSES[bits[at // 4] >> (6 - 2 * (at % 4)) & 3]
        for at, seat in enumerate(layout)
    }


def plan_of(
    layout: Sequence[LayoutSeat],
    now: Mapping[int, SeatStatus],
    *,
    chosen: Collection[int] = (),
    own: Collection[int] = (),
) -> Plan:
    """Draw the room; the visitor's `own` held seats count as free, so they can be kept."""
    left = min(seat.x for seat in layout)
    front = min(seat.y for seat in layout)
    rows: dict[str, list[Place]] = {}
    for seat in layout:
        status = "free" if seat.seat in own else now[seat.seat]
        rows.setdefault(seat.row, []).append(
            Place(
                seat=seat.seat,
                row=seat.row,
                label=seat.label,
                kind=seat.kind,
                status=status,
                is_chosen=seat.seat in chosen and status == "free",
                x=round((seat.x - left) * UNIT) + _SIDE,
                y=round((seat.y - front) * UNIT) + _TOP,
            )
        )
    places = [place for row in rows.values() for place in row]
    return Plan(
        rows=tuple(
            Row(name, tuple(sorted(row, key=lambda place: place.x))) for name, row in rows.items()
        ),
        width=max(place.x for place in places) + _SIDE,
        height=max(place.y for place in places) + _BOTTOM,
    )
