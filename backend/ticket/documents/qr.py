"""A ticket code as dark squares: numeric QR, version 6-M, always the same mask."""

from collections.abc import Iterator
from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

VERSION = 6
QUIET = 4
# Trying all eight masks costs six times as much and no reader needs it.
_MASK = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """A run of dark squares in one row."""

    column: int
    row: int
    length: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawn code: its side in squares, without the quiet zone, and its bars."""

    side: int
    bars: tuple[Bar, ...]


def symbol(code: str) -> Symbol:
    """Return the QR symbol of 244 digits."""
    drawn = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    drawn.add_data(QRData(code, mode=MODE_NUMBER))
    drawn.make(fit=False)
    rows = [[bool(square) for square in row] for row in drawn.modules]
    return Symbol(
        side=len(rows),
        bars=tuple(bar for number, row in enumerate(rows) for bar in _bars(number, row)),
    )


def _bars(number: int, row: list[bool]) -> Iterator[Bar]:
    column = 0
    while column < len(row):
        length = 0
        while column + length < len(row) and row[column + length]:
            length += 1
        if length:
            yield Bar(column, number, length)
        column += length + 1
