"""The four rooms, drawn as they are: a letter is a seat, and two columns are its width.

s standard, p premium, o sofa, w wheelchair, c its companion. Four columns or more from one seat
to the next are an aisle; an empty line is a passage across. The screen is above the drawing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType

from backend.contracts.catalogue import RoomWrite
from backend.contracts.seats import LayoutSeat, SeatKind

_LUMIERE = """
A      s s s s    s s s s s s s s s    s s s s
B     s s s s s    s s s s s s s s    s s s s s
C    s s s s s    s s s s s s s s s    s s s s s
D     s s s s s    s s s s s s s s    s s s s s
E  s s s s s s    s s s s s s s s s    s s s s s s
F   s s s s s s    s s s s s s s s    s s s s s s

G      w c w c    s s s s s s s s s    c w c w
H   s s s s s s    s s s s s s s s    s s s s s s
J  s s s s s s    s s s s s s s s s    s s s s s s
K   s s s s s s    s s s s s s s s    s s s s s s
L  s s s s s s    s s s s s s s s s    s s s s s s
M   p p p p p p    p p p p p p p p    p p p p p p
"""
_MELIES = """
A           w c s s s    s s s c w
B         s s s s s s    s s s s s s
C         s s s s s s    s s s s s s
D       s s s s s s s    s s s s s s s
E       s s s s s s s    s s s s s s s
F     s s s s s s s s    s s s s s s s s
G     s s s s s s s s    s s s s s s s s
H   s s s s s s s s s    s s s s s s s s s

J     p p p p p p p p    p p p p p p p p
K     p p p p p p p p    p p p p p p p p
"""
# The projection room takes the right corner at the back.
_BREZEANU = """
A    w c w c    s s s s s s
B  s s s s s    s s s s s s s
C  s s s s s    s s s s s s s s
D  s s s s s    s s s s s s s s s
E  s s s s s    s s s s s s s s s
F  s s s s s    s s s s s s s s s
G  s s s s s    s s s s s s
H  p p p p p    p p p p p p
"""
_SALON = """
A  w c    s s s    s s s    c w
B    o o    o o    o o    o o
C  o o    o o    o o    o o    o o
D    o o    o o    o o    o o
E  o o    o o    o o    o o    o o
F    o o    o o    o o    o o
G  o o    o o    o o    o o    o o
"""

_KINDS: Mapping[str, SeatKind] = MappingProxyType(
    {"s": "standard", "p": "premium", "o": "sofa", "w": "wheelchair", "c": "companion"}
)
_AISLE = 4
_PASSAGE = 0.9


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawing and what it does not show: all lengths in seat widths.

    `curve` is how far the end of a ten seats wide half row comes towards the screen.
    """

    name: str
    drawing: str
    row_pitch: float
    curve: float
    cleaning_minutes: int


@dataclass(frozen=True, slots=True)
class _Place:
    """A seat as drawn; `depth` is its row's distance from the first one."""

    row: str
    column: int
    depth: float
    letter: str


SHAPES = (
    Shape("Lumière", _LUMIERE, row_pitch=1.25, curve=0.9, cleaning_minutes=20),
    Shape("Méliès", _MELIES, row_pitch=1.3, curve=1.5, cleaning_minutes=15),
    Shape("Brezeanu", _BREZEANU, row_pitch=1.25, curve=0.0, cleaning_minutes=15),
    Shape("Salon", _SALON, row_pitch=1.7, curve=0.5, cleaning_minutes=15),
)


@cache
def rooms() -> tuple[RoomWrite, ...]:
    return tuple(
        RoomWrite(name=shape.name, seats=_seats(shape), cleaning_minutes=shape.cleaning_minutes)
        for shape in SHAPES
    )


def _seats(shape: Shape) -> list[LayoutSeat]:
    rows = list(_rows(shape))
    columns = [place.column for row in rows for place in row]
    middle = (min(columns) + max(columns)) / 2
    seats: list[LayoutSeat] = []
    for row in rows:
        seats.extend(_numbered(row, first=len(seats) + 1, middle=middle, curve=shape.curve))
    top = min(seat.y for seat in seats)
    return [seat.model_copy(update={"y": round(seat.y - top, 2)}) for seat in seats]


def _rows(shape: Shape) -> Iterator[list[_Place]]:
    depth = 0.0
    for line in shape.drawing.strip("\n").split("\n"):
        if not line:
            depth += _PASSAGE
            continue
        drawn = enumerate(line[1:])
        yield [_Place(line[0], at, depth, letter) for at, letter in drawn if letter != " "]
        depth += shape.row_pitch


def _numbered(
    row: list[_Place], *, first: int, middle: float, curve: float
) -> Iterator[LayoutSeat]:
    """Yield a row's seats; labels count through the row, positions begin anew in each block."""
    blocks = _blocks(row)
    pairs = _pairs(row, first)
    for index, place in enumerate(row):
        across = (place.column - middle) / 2
        yield LayoutSeat(
            seat=first + index,
            row=place.row,
            label=str(index + 1),
            kind=_KINDS[place.letter],
            x=place.column / 2,
            y=place.depth - curve * (across / 10) ** 2,
            block=blocks[index],
            position=blocks[:index].count(blocks[index]),
            pair=pairs.get(first + index),
        )


def _blocks(row: list[_Place]) -> list[int]:
    """Return the block of each place: another one after every aisle."""
    blocks = [0]
    for left, right in pairwise(row):
        blocks.append(blocks[-1] + (right.column - left.column >= _AISLE))
    return blocks


def _pairs(row: list[_Place], first: int) -> dict[int, int]:
    """Return which seat numbers belong together: a wheelchair place and the companion beside it."""
    pairs: dict[int, int] = {}
    for index, (left, right) in enumerate(pairwise(row), start=first):
        if {left.letter, right.letter} == {"w", "c"} and index not in pairs:
            pairs |= {index: index + 1, index + 1: index}
    return pairs
