"""The seat map of a screening: a layout that never changes, and a bitmap that does."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.contracts.schema import Clean, Read, Strict

SeatKind = Literal["standard", "premium", "sofa", "wheelchair", "companion"]
SeatStatus = Literal["free", "held", "sold", "blocked"]
STATUSES: tuple[SeatStatus, ...] = ("free", "held", "sold", "blocked")


class LayoutSeat(Strict):
    """A place in a room. `x`, `y` are its centre in seat widths from the screen's left end.

    Seats with the same `row` and `block` and following `position`s are neighbours; an aisle
    begins a new block. `pair` names the wheelchair or companion place that belongs to it.
    """

    seat: Annotated[int, Field(ge=1, le=32767)]
    row: Annotated[str, Field(min_length=1, max_length=4), Clean]
    label: Annotated[str, Field(min_length=1, max_length=6), Clean]
    kind: SeatKind = "standard"
    x: Annotated[float, Field(ge=-1000, le=1000)]
    y: Annotated[float, Field(ge=-1000, le=1000)]
    block: Annotated[int, Field(ge=0, le=99)] = 0
    position: Annotated[int, Field(ge=0, le=999)]
    pair: int | None = None
    broken: bool = False


class LayoutRead(Read):
    """One version of a room's layout."""

    room_id: UUID
    version: int
    seats: list[LayoutSeat]


class SeatMap(Read):
    """Which seats are taken now.

    `bitmap` is base64 of two bits a seat, in the order of the layout's seats, most significant
    first: 0 free, 1 held, 2 sold, 3 blocked. `version` never falls; a hold that runs out changes
    the bitmap alone.
    """

    screening_id: UUID
    version: int
    bitmap: str


class BestSeats(Read):
    """The best free seats together for a party, and whether they leave nobody alone."""

    seats: list[int]
