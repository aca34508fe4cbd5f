"""A ticket code as a path: numeric QR, version 6-M, always the same mask, as the PDF has it."""

from collections.abc import Iterator
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

_VERSION = 6
_MASK = 3
SIDE = 4 * _VERSION + 17


def qr_path(code: str) -> str:
    """Return the dark squares of 244 digits as one SVG path; a unit is a square's side."""
    drawn = QRCode(version=_VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    drawn.add_data(QRData(code, mode=MODE_NUMBER))
    drawn.make(fit=False)
    return "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, squares in enumerate(drawn.modules)
        for start, length in _runs(squares)
    )


def _runs(squares: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield begin and length of each dark stretch of a line."""
    at = 0
    for is_dark, stretch in groupby(squares):
        length = len(list(stretch))
        if is_dark:
            yield at, length
        at += length
