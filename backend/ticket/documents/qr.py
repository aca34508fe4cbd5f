"""A ticket code as outlines: numeric QR, version 6-M, always the same mask.

Outlines rather than squares, because viewers show seams between squares that only touch.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

VERSION = 6
QUIET = 4
# Trying all eight masks costs six times as much and no reader needs it.
_MASK = 3

Point = tuple[int, int]
Outline = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawn code: its side in squares, without the quiet zone, and the edges of its dark areas.

    Dark is on the right hand of each edge, so holes turn the other way.
    """

    side: int
    outlines: tuple[Outline, ...]


@lru_cache(maxsize=16)
def symbol(code: str) -> Symbol:
    """Return the QR symbol of 244 digits; a party's are drawn twice in one document."""
    drawn = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    drawn.add_data(QRData(code, mode=MODE_NUMBER))
    drawn.make(fit=False)
    dark = frozenset(
        (column, row)
        for row, squares in enumerate(drawn.modules)
        for column, is_dark in enumerate(squares)
        if is_dark
    )
    return Symbol(side=len(drawn.modules), outlines=tuple(outlines(dark)))


def outlines(dark: frozenset[Point]) -> Iterator[Outline]:
    """Trace the closed edges round dark squares, corners only."""
    edges: dict[Point, list[Point]] = defaultdict(list)
    for x, y in sorted(dark):
        if (x, y - 1) not in dark:
            edges[x, y].append((x + 1, y))
        if (x + 1, y) not in dark:
            edges[x + 1, y].append((x + 1, y + 1))
        if (x, y + 1) not in dark:
            edges[x + 1, y + 1].append((x, y + 1))
        if (x - 1, y) not in dark:
            edges[x, y + 1].append((x, y))
    for start in sorted(edges):
        while edges[start]:
            yield _corners(_loop(edges, start))


def _loop(edges: dict[Point, list[Point]], start: Point) -> list[Point]:
    points = [start]
    while True:
        here = edges[points[-1]].pop()
        if here == start:
            return points
        points.append(here)


def _corners(points: list[Point]) -> Outline:
    """Drop the points that lie on a straight line between their neighbours."""
    following = points[1:] + points[:1]
    return tuple(
        here
        for before, here, after in zip(points[-1:] + points, points, following, strict=False)
        if before[0] != after[0] and before[1] != after[1]
    )
