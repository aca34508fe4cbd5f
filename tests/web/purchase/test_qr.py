"""The code on the screen is read by a scanner as what it was made from."""

import re

import pytest
import zxingcpp
from PIL import Image

from web.purchase.qr import SIDE, qr_path

_PIECE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
_QUIET, _SCALE = 4, 4


def drawn(path: str) -> Image.Image:
    """Paint the path as a browser does, black on white with its quiet zone."""
    side = SIDE + 2 * _QUIET
    picture = Image.new("L", (side, side), 255)
    pieces = _PIECE.findall(path)
    assert "".join(f"M{x} {y}h{length}v1h-{back}z" for x, y, length, back in pieces) == path
    for x, y, length, _ in pieces:
        for square in range(int(length)):
            picture.putpixel((int(x) + square + _QUIET, int(y) + _QUIET), 0)
    return picture.resize((side * _SCALE, side * _SCALE), Image.Resampling.NEAREST)


@pytest.mark.parametrize("code", ["7" * 244, "9" * 244, "1234567890" * 24 + "1234"])
def test_scanner_reads_the_code_back(code):
    found = zxingcpp.read_barcodes(drawn(qr_path(code)))

    assert [(each.text, each.format.name) for each in found] == [(code, "QRCode")]
