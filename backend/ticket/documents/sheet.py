"""A PDF page seen as paper: millimetres from the top left, brand fonts, brand colours.

Importing this imports reportlab's reader of fonts, so only the worker that draws does it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from typing import Literal

from backend.kit.qr import QUIET, SIDE, path
from backend.ticket.documents.pdf import Bookmark, Content, Description, Pdf
from backend.ticket.documents.text import Block, Measure, printable, shorten
from backend.ticket.documents.typeface import WEIGHTS, face, rare
from brand.fonts import Weight
from brand.tokens import tokens

Align = Literal["left", "centre", "right"]
_POINTS_PER_MM = 72 / 25.4
WIDTH, HEIGHT = 210.0, 297.0
LEADING = 1.18
# How far the handles of the curve that stands for a quarter of a circle are from its corner.
_HANDLE = 1 - 0.5523
_SQUARES = "{x} {y} {length} 1 re "
_SHIFTS = {"left": 0.0, "centre": 0.5, "right": 1.0}


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
        self._description = Description(
            self.clean(title), self.clean(author), self.clean(subject), language
        )
        self._page: list[str] = []
        self._pages: list[str] = []
        self._bookmarks: list[Bookmark] = []
        self._rare: dict[Weight, dict[int, str]] = {}

    def clean(self, text: str) -> str:
        """Return what the font can draw of a text."""
        return _cleaned(text)

    def measure(self, weight: Weight) -> Measure:
        """Return the ruler of a weight, in millimetres."""
        return _ruler(weight)

    def bookmark(self, title: str) -> None:
        """List the page in the reader's outline."""
        self._bookmarks.append(Bookmark(self.clean(title), len(self._pages)))

    def text(self, x: float, y: float, text: str, ink: Ink) -> float:
        """Draw one line with its baseline at y; return its width."""
        cleaned = _cleaned(text)
        width = _ruler(ink.weight)(cleaned, ink.size)
        left = x - width * _SHIFTS[ink.align]
        self._page.append(
            f"{_colour(ink.colour)} rg BT {_at(left, y)} Td {self._letters(cleaned, ink)} ET"
        )
        return width

    def cut(self, x: float, y: float, text: str, ink: Ink, *, width: float) -> None:
        """Draw one line that is cut where it would be wider than `width`."""
        self.text(x, y, self.cut_text(text, ink, width=width), ink)

    def cut_text(self, text: str, ink: Ink, *, width: float) -> str:
        """Return the line that `cut` draws."""
        measure = _ruler(ink.weight)
        return shorten(_cleaned(text), width=width, size=ink.size, measure=measure)

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
        self._paint(_rounded(x, y, width, height, radius=radius), fill, line)

    def disc(
        self, x: float, y: float, radius: float, *, fill: str, line: str | None = None
    ) -> None:
        """Draw a filled circle round x, y."""
        side = 2 * radius
        self._paint(_rounded(x - radius, y - radius, side, side, radius=radius), fill, line)

    def rule(self, x: float, y: float, *, to: float, colour: str, dashed: bool = False) -> None:
        """Draw a level line."""
        begin, end = ("[3.4 3.97]0 d ", " []0 d") if dashed else ("", "")
        stroke = f"{_colour(colour)} RG {_at(x, y)} m {_at(to, y)} l S"
        self._page.append(f"{begin}{stroke}{end}")

    def code(self, x: float, y: float, side: float, code: str) -> None:
        """Draw a ticket code as a QR symbol with its quiet zone, one vector path on white."""
        self.box(x, y, width=side, height=side, fill="raised")
        square = side / (SIDE + 2 * QUIET)
        squares = path(code, _SQUARES)
        scale = square * _POINTS_PER_MM
        corner = _at(x + QUIET * square, y + QUIET * square)
        # One path: viewers show seams between squares that are painted one after the other.
        self._page.append(f"q {scale:.5f} 0 0 {-scale:.5f} {corner} cm 0 g {squares}f Q")

    def end_page(self) -> None:
        """Finish a page."""
        self._pages.append("\n".join((f"{0.25 * _POINTS_PER_MM:.3f} w", *self._page)))
        self._page = []

    def bytes(self) -> bytes:
        """Finish the document."""
        pdf = _begun().copy()
        names = [f"/{weight} {1 + place * 5} 0 R" for place, weight in enumerate(WEIGHTS)]
        for weight, letters in self._rare.items():
            first = pdf.next
            names.append(f"/{weight}-rare {first} 0 R")
            for part in face(weight).objects(rare(weight, tuple(letters.values())), first):
                pdf.add(part)
        size = (WIDTH * _POINTS_PER_MM, HEIGHT * _POINTS_PER_MM)
        content = Content(self._pages, size, "".join(names), self._bookmarks)
        return pdf.finish(content, self._description)

    def _letters(self, text: str, ink: Ink) -> str:
        common = _written(ink.weight, text)
        if common is not None:
            return f"/{ink.weight} {ink.size:g} Tf <{common}> Tj"
        return " ".join(self._mixed(text, ink))

    def _mixed(self, text: str, ink: Ink) -> Iterator[str]:
        """Yield a line in parts, those with letters outside of the common font by another one."""
        shared = face(ink.weight).common.written
        for is_common, part in groupby(text, shared.__contains__):
            if is_common:
                written = "".join(shared[letter] for letter in part)
                yield f"/{ink.weight} {ink.size:g} Tf <{written}> Tj"
            else:
                written = "".join(self._rare_letter(ink.weight, letter) for letter in part)
                yield f"/{ink.weight}-rare {ink.size:g} Tf <{written}> Tj"

    def _rare_letter(self, weight: Weight, letter: str) -> str:
        """Number a letter of this document's own font; letters drawn alike share a number."""
        known = self._rare.setdefault(weight, {})
        known.setdefault(face(weight).glyphs[ord(letter)], letter)
        return f"{list(known).index(face(weight).glyphs[ord(letter)]) + 1:04X}"

    def _paint(self, path: str, fill: str | None, line: str | None) -> None:
        colours = [f"{_colour(fill)} rg"] if fill is not None else []
        if line is not None:
            colours.append(f"{_colour(line)} RG")
        paint = {(True, True): "B", (True, False): "f", (False, True): "S"}
        self._page.append(" ".join((*colours, path, paint[fill is not None, line is not None])))


@cache
def _begun() -> Pdf:
    """Return what every document begins with: the common font of each weight."""
    pdf = Pdf()
    for weight in WEIGHTS:
        for part in face(weight).objects(face(weight).common, pdf.next):
            pdf.add(part)
    return pdf


@cache
def _glyphs() -> frozenset[int]:
    """Return the characters that every weight has."""
    return frozenset.intersection(*(frozenset(face(weight).glyphs) for weight in WEIGHTS))


@lru_cache(maxsize=2048)
def _cleaned(text: str) -> str:
    return printable(text, _glyphs())


@cache
def _ruler(weight: Weight) -> Measure:
    def measure(text: str, size: float) -> float:
        return _width(weight, text) * size / 1000 / _POINTS_PER_MM

    return measure


@lru_cache(maxsize=4096)
def _width(weight: Weight, text: str) -> int:
    return face(weight).width(text)


@lru_cache(maxsize=2048)
def _written(weight: Weight, text: str) -> str | None:
    """Return a text as the common font writes it, or None if that lacks a letter."""
    written = face(weight).common.written
    try:
        return "".join([written[letter] for letter in text])
    except KeyError:
        return None


@cache
def _colour(name: str) -> str:
    """Return a brand colour as shares of red, green and blue."""
    digits = tokens().palette("light")[name]
    return " ".join(f"{int(digits[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))


@lru_cache(maxsize=1024)
def _rounded(x: float, y: float, width: float, height: float, *, radius: float) -> str:
    """Return the path of a rectangle whose corners are quarters of a circle."""
    right, end, handle = x + width, y + height, radius * _HANDLE
    if not radius:
        return f"{_at(x, end)} {width * _POINTS_PER_MM:.2f} {height * _POINTS_PER_MM:.2f} re"
    return (
        f"{_at(x + radius, y)} m {_at(right - radius, y)} l"
        f" {_at(right - handle, y)} {_at(right, y + handle)} {_at(right, y + radius)} c"
        f" {_at(right, end - radius)} l"
        f" {_at(right, end - handle)} {_at(right - handle, end)} {_at(right - radius, end)} c"
        f" {_at(x + radius, end)} l"
        f" {_at(x + handle, end)} {_at(x, end - handle)} {_at(x, end - radius)} c"
        f" {_at(x, y + radius)} l"
        f" {_at(x, y + handle)} {_at(x + handle, y)} {_at(x + radius, y)} c h"
    )


def _at(x: float, y: float) -> str:
    """Return a point as PDF counts: from the bottom left, in points."""
    return f"{x * _POINTS_PER_MM:.2f} {(HEIGHT - y) * _POINTS_PER_MM:.2f}"
