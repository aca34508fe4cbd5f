"""Letters: those of our languages from one font of all documents, others from one of its own."""

import os
import re
import subprocess
import sys
from hashlib import sha256

import pypdfium2
import pytest

from backend.ticket.documents.rendering import render
from backend.ticket.documents.sheet import Ink, Sheet
from backend.ticket.documents.typeface import WEIGHTS, rare
from brand.fonts import Weight
from tests.backend.ticket.builders import order

_EVERYDAY = "Țărâș ȘTIE însă când: “Ő, ű!” … 12,50 € — ½ · Straße, señor, Ångström"
_RARE = "Сталкер, Ελλάδα, Łódź, Žižek"
_RENDER = """
from hashlib import sha256
from backend.ticket.documents.rendering import render
from brand.fonts import Weight
from tests.backend.ticket.builders import order
print(sha256(render(order(film_title={title!r}), "tickets")).hexdigest())
"""


def text_of(pdf: bytes) -> str:
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def fonts_of(pdf: bytes) -> list[str]:
    return sorted(name.decode() for name in re.findall(rb"/BaseFont/(\S+?)/Encoding", pdf))


def one_line(text: str, *, weight: Weight = "bold") -> bytes:
    sheet = Sheet(title="", author="", subject="", language="en")
    sheet.bookmark("only page")
    sheet.text(20, 20, text, Ink(12, weight=weight))
    sheet.end_page()
    return sheet.bytes()


@pytest.mark.parametrize("weight", WEIGHTS)
def test_everyday_letters_are_copied_as_they_were_written(weight):
    assert text_of(one_line(_EVERYDAY, weight=weight)) == _EVERYDAY


@pytest.mark.parametrize("weight", WEIGHTS)
def test_rare_letters_are_copied_as_they_were_written(weight):
    assert text_of(one_line(_RARE, weight=weight)) == _RARE


def test_rare_letters_bring_a_font_only_to_their_own_document():
    plain, foreign = one_line(_EVERYDAY), one_line(_RARE)

    assert len(fonts_of(plain)) == len(WEIGHTS)
    assert len(fonts_of(foreign)) == len(WEIGHTS) + 1
    assert fonts_of(one_line(_EVERYDAY)) == fonts_of(plain)


def test_rare_letters_look_as_wide_as_they_are_measured():
    sheet = Sheet(title="", author="", subject="", language="en")
    wide = sheet.measure("bold")("Сталкер", 40)

    letters = pypdfium2.PdfDocument(one_line("Сталкер"))[0].get_textpage()
    first, last = (letters.get_charbox(at, loose=True) for at in (0, 6))

    assert last[2] - first[0] == pytest.approx(wide * 12 / 40 * 72 / 25.4, abs=0.1)


def test_letters_that_are_drawn_alike_share_a_drawing():
    subset = rare("regular", (" ", "\xa0", "Ω"))

    assert subset.written == {" ": "0001", "\xa0": "0001", "Ω": "0002"}


def test_each_object_stands_where_the_table_says():
    pdf = render(order(3, film_title=_RARE), "tickets")
    at = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    table = pdf[at : pdf.index(b"trailer")].splitlines()

    assert table[:3] == [b"xref", b"0 %d" % (len(table) - 2), b"0000000000 65535 f "]
    for number, entry in enumerate(table[3:], start=1):
        start = int(entry[:10])
        assert pdf[start:].startswith(b"%d 0 obj\n" % number)


@pytest.mark.parametrize("title", ["Cabinetul doctorului Caligari", _RARE])
def test_same_order_gives_the_same_bytes_in_every_process(title):
    here = sha256(render(order(film_title=title), "tickets")).hexdigest()

    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _RENDER.format(title=title)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == here


def test_dark_squares_that_touch_have_no_seam():
    sheet = Sheet(title="", author="", subject="", language="en")
    sheet.bookmark("only page")
    sheet.code(10, 10, 66, "0123456789" * 24 + "0123")
    sheet.end_page()
    # A scale at which no edge of a square falls on an edge of a picture's point.
    picture = pypdfium2.PdfDocument(sheet.bytes())[0].render(scale=2.37, grayscale=True).to_pil()
    square = 66 / 49 * 72 / 25.4 * 2.37
    left, top = (10 + 66 / 49 * 4) * 72 / 25.4 * 2.37, (10 + 66 / 49 * 4) * 72 / 25.4 * 2.37

    # The heart of the first finder is three by three dark squares.
    edges = (2.2, 2.2, 4.8, 4.8)
    box = [
        round(corner + edge * square) for corner, edge in zip((left, top) * 2, edges, strict=True)
    ]

    darkest, lightest = picture.crop(box).getextrema()
    assert (darkest, lightest) == (0, 0)
