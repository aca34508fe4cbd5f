"""The symbol is the one that the standard asks for: another encoder draws it alike."""

from random import Random

import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

from backend.kit.qr import QUIET, SIDE, path

_CELLS = "{x} {y} {length};"


def squares(code: str) -> list[list[bool]]:
    """Paint the stretches."""
    painted = [[False] * SIDE for _ in range(SIDE)]
    for stretch in path(code, _CELLS).split(";")[:-1]:
        x, y, length = map(int, stretch.split())
        for at in range(x, x + length):
            assert not painted[y][at], "a square is painted twice"
            painted[y][at] = True
    return painted


def expected(code: str) -> list[list[bool]]:
    """Let a general encoder draw the same symbol."""
    drawn = QRCode(version=6, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=3)
    drawn.add_data(QRData(code, mode=MODE_NUMBER))
    drawn.make(fit=False)
    return [[bool(square) for square in line] for line in drawn.modules]


@pytest.mark.parametrize("seed", range(12))
def test_another_encoder_draws_the_same_symbol(seed):
    code = "".join(Random(seed).choices("0123456789", k=244))

    assert squares(code) == expected(code)


@pytest.mark.parametrize("code", ["9" * 244, "0123456789" * 24 + "0123"])
def test_digits_that_repeat_are_drawn_like_any(code):
    assert squares(code) == expected(code)


def test_zeros_which_the_other_encoder_cannot_draw_are_read_by_a_scanner():
    zeros = "0" * 244
    picture = Image.new("L", (SIDE + 2 * QUIET, SIDE + 2 * QUIET), 255)
    for y, line in enumerate(squares(zeros)):
        for x, is_dark in enumerate(line):
            picture.putpixel((x + QUIET, y + QUIET), 0 if is_dark else 255)

    found = zxingcpp.read_barcodes(picture.resize((400, 400), Image.Resampling.NEAREST))

    assert [one.text for one in found] == [zeros]


@pytest.mark.parametrize("code", ["", "1" * 243, "1" * 245, "1" * 243 + "x", "\u0661" * 244])
def test_nothing_but_244_digits_is_drawn(code):
    with pytest.raises(ValueError, match="a ticket code is 244 digits"):
        path(code, _CELLS)
