"""A PDF page seen as paper: millimetres from the top left, brand fonts, brand colours.

Importing this imports reportlab, so only the worker that draws does it.
"""

from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from backend.ticket.documents.qr import QUIET, Symbol
from backend.ticket.documents.text import Block, Measure, printable, shorten
from brand.fonts import Weight, ttf_path
from brand.tokens import tokens

Align = Literal["left", "centre", "right"]
_WEIGHTS: tuple[Weight, ...] = ("regular", "semibold", "bold")
_POINTS_PER_MM = float(mm)
WIDTH, HEIGHT = (float(side) / _POINTS_PER_MM for side in A4)
LEADING = 1.18


@dataclass(frozen=True, slots=True)
class Ink:
    """How a text is drawn: size in points, weight, and the name of a brand colour."""

    size: float
    weight: Weight = "regular"
    colour: str = "text"
    align: Align = "left"


class Sheet:
    """Draws pages and gives the finished bytes."""

    def __init__(self, *, title: str, author: str, subject: str, language: str) -> None:
        self._glyphs = _registered()
        self._buffer = BytesIO()
        # Without the clock and random ids in it, the same order is the same file.
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=1, lang=language)
        self._canvas.setTitle(self.clean(title))
        self._canvas.setAuthor(self.clean(author))
        self._canvas.setSubject(self.clean(subject))
        self._canvas.setCreator("MovieMesh")
        self._canvas.setProducer("MovieMesh")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._palette = tokens().palette("light")

    def clean(self, text: str) -> str:
        """Return what the font can draw of a text."""
        return printable(text, self._glyphs)

    def measure(self, weight: Weight) -> Measure:
        """Return the ruler of a weight, in millimetres."""
        return partial(_width, _name(weight))

    def bookmark(self, title: str, key: str) -> None:
        """List the page in the reader's outline."""
        self._canvas.bookmarkPage(key)
        self._canvas.addOutlineEntry(self.clean(title), key)

    def text(self, x: float, y: float, text: str, ink: Ink) -> float:
        """Draw one line with its baseline at y; return its width."""
        cleaned = self.clean(text)
        width = self.measure(ink.weight)(cleaned, ink.size)
        left = {"left": x, "centre": x - width / 2, "right": x - width}[ink.align]
        self._canvas.setFillColor(self._colour(ink.colour))
        self._canvas.setFont(_name(ink.weight), ink.size)
        self._canvas.drawString(left * mm, (HEIGHT - y) * mm, cleaned)
        return width

    def cut(self, x: float, y: float, text: str, ink: Ink, *, width: float) -> None:
        """Draw one line that is cut where it would be wider than `width`."""
        self.text(x, y, self.cut_text(text, ink, width=width), ink)

    def cut_text(self, text: str, ink: Ink, *, width: float) -> str:
        """Return the line that `cut` draws."""
        measure = self.measure(ink.weight)
        return shorten(self.clean(text), width=width, size=ink.size, measure=measure)

    def block(self, x: float, y: float, block: Block, ink: Ink) -> float:
        """Draw lines from the first baseline y; return the baseline after the last."""
        for line in block.lines:
            self.text(x, y, line, Ink(block.size, ink.weight, ink.colour, ink.align))
            y += block.size / _POINTS_PER_MM * LEADING
        return y

    def box(
        self,
        x: float,
        y: float,
        *,
        width: float,
        height: float,
        fill: str | None = None,
        line: str | None = None,
        radius: float = 0.0,
    ) -> None:
        """Draw a rectangle with its top left at x, y."""
        self._paint(fill, line)
        self._canvas.roundRect(
            x * mm,
            (HEIGHT - y - height) * mm,
            width * mm,
            height * mm,
            radius * mm,
            fill=int(fill is not None),
            stroke=int(line is not None),
        )

    def disc(
        self, x: float, y: float, radius: float, *, fill: str, line: str | None = None
    ) -> None:
        """Draw a filled circle round x, y."""
        self._paint(fill, line)
        self._canvas.circle(
            x * mm, (HEIGHT - y) * mm, radius * mm, fill=1, stroke=int(line is not None)
        )

    def rule(self, x: float, y: float, *, to: float, colour: str, dashed: bool = False) -> None:
        """Draw a level line."""
        self._paint(None, colour)
        if dashed:
            self._canvas.setDash(1.2 * mm, 1.4 * mm)
        self._canvas.line(x * mm, (HEIGHT - y) * mm, to * mm, (HEIGHT - y) * mm)
        self._canvas.setDash()

    def code(self, x: float, y: float, side: float, symbol: Symbol) -> None:
        """Draw a QR symbol with its quiet zone as one vector path on white."""
        self.box(x, y, width=side, height=side, fill="raised")
        square = side / (symbol.side + 2 * QUIET)
        path = self._canvas.beginPath()
        for outline in symbol.outlines:
            corners = [
                ((x + (left + QUIET) * square) * mm, (HEIGHT - y - (top + QUIET) * square) * mm)
                for left, top in outline
            ]
            path.moveTo(*corners[0])
            for corner in corners[1:]:
                path.lineTo(*corner)
            path.close()
        self._canvas.setFillColor(HexColor(0x000000))
        self._canvas.drawPath(path, fill=1, stroke=0, fillMode=FILL_NON_ZERO)

    def end_page(self) -> None:
        """Finish a page."""
        self._canvas.showPage()

    def bytes(self) -> bytes:
        """Finish the document."""
        self._canvas.save()
        return self._buffer.getvalue()

    def _paint(self, fill: str | None, line: str | None) -> None:
        self._canvas.setLineWidth(0.25 * mm)
        if fill is not None:
            self._canvas.setFillColor(self._colour(fill))
        if line is not None:
            self._canvas.setStrokeColor(self._colour(line))

    def _colour(self, name: str) -> HexColor:
        return HexColor(self._palette[name])


def _name(weight: Weight) -> str:
    return f"Brand-{weight}"


def _width(font: str, text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, font, size)) / _POINTS_PER_MM


@cache
def _registered() -> frozenset[int]:
    """Register the fonts once per process; return the characters that all of them have."""
    glyphs: set[int] | None = None
    for weight in _WEIGHTS:
        font = TTFont(_name(weight), str(ttf_path(weight)))
        pdfmetrics.registerFont(font)
        own = set(font.face.charToGlyph)
        glyphs = own if glyphs is None else glyphs & own
    return frozenset(glyphs or ())
