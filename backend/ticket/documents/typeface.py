"""The brand's fonts as a PDF embeds them: one subset of each weight for all documents.

Making a subset costs more than drawing a page, so the letters of our languages are one font that
each process makes once. A letter outside of it comes with a small font of its own, in the
documents that need it.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256

from reportlab.pdfbase.ttfonts import TTFontFile

from backend.ticket.documents.pdf import stream
from brand.fonts import Weight, ttf_path

WEIGHTS: tuple[Weight, ...] = ("regular", "semibold", "bold")
_FLAGS = 4
_PAST_ASCII = "ăĂșȘşŞțȚţŢőŐűŰŒœŸŠšŽž–—‘’‚“”„†•…‹›€™−☐"  # noqa: RUF001 -- these letters are meant
_COMMON = tuple(chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100)))
_LETTERS = (*_COMMON, *_PAST_ASCII)
_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
# A CMap takes so many entries at once.
_SECTION = 100


@dataclass(frozen=True, slots=True)
class Subset:
    """Letters of a weight as an embedded font: how each is written, and the font's streams."""

    name: str
    written: Mapping[str, str]
    widths: str
    program: bytes
    length: int
    meanings: bytes


class Face:
    """One weight: what it can draw, how wide that is, and its subsets."""

    def __init__(self, weight: Weight) -> None:
        self._file = TTFontFile(str(ttf_path(weight)))
        self._index = WEIGHTS.index(weight)
        self.glyphs: Mapping[int, int] = self._file.charToGlyph
        self.common = self.subset(tuple(letter for letter in _LETTERS if self.has(letter)))

    def has(self, letter: str) -> bool:
        """Say whether the font can draw a letter."""
        return ord(letter) in self.glyphs

    def width(self, text: str) -> int:
        """Return the width of a line in thousandths of its size."""
        return sum(map(self._width, text))

    def _width(self, letter: str) -> int:
        return int(self._file.charWidths[ord(letter)])

    def subset(self, letters: Sequence[str]) -> Subset:
        """Make the font of some letters, numbered in their order from 1."""
        places: dict[int, int] = {}
        for letter in letters:
            places.setdefault(self.glyphs[ord(letter)], len(places) + 1)
        written = {one: f"{places[self.glyphs[ord(one)]]:04X}" for one in letters}
        # Two letters may share a drawing; the first of them is what a copied text says.
        firsts = {number: one for one, number in reversed(written.items())}
        ordered = [firsts[number] for number in sorted(firsts)]
        program = self._file.makeSubset([ord(one) for one in ordered])
        tag = sha256("".join(ordered).encode() + bytes([self._index])).digest()
        return Subset(
            name="".join(chr(65 + byte % 26) for byte in tag[:6]) + f"+{self._file.name.decode()}",
            written=written,
            widths=" ".join(str(self._width(one)) for one in ordered),
            program=zlib.compress(program, 9),
            length=len(program),
            meanings=zlib.compress(_meanings(ordered), 9),
        )

    def objects(self, subset: Subset, first: int) -> list[bytes]:
        """Return the objects of a subset, to be numbered from `first`."""
        font, file = subset.name, self._file
        box = " ".join(str(int(edge)) for edge in file.bbox)
        return [
            f"<</Type/Font/Subtype/Type0/BaseFont/{font}/Encoding/Identity-H"
            f"/DescendantFonts[{first + 1} 0 R]/ToUnicode {first + 4} 0 R>>".encode(),
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{font}/CIDToGIDMap/Identity"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {first + 2} 0 R/W[1[{subset.widths}]]>>".encode(),
            f"<</Type/FontDescriptor/FontName/{font}/Flags {_FLAGS}/FontBBox[{box}]"
            f"/ItalicAngle {file.italicAngle:g}/Ascent {file.ascent:g}/Descent {file.descent:g}"
            f"/CapHeight {file.capHeight:g}/StemV {file.stemV:g}"
            f"/FontFile2 {first + 3} 0 R>>".encode(),
            stream(subset.program, f"/Length1 {subset.length}"),
            stream(subset.meanings),
        ]


@cache
def face(weight: Weight) -> Face:
    """Return a weight, read once per process."""
    return Face(weight)


@lru_cache(maxsize=64)
def rare(weight: Weight, letters: tuple[str, ...]) -> Subset:
    """Return the font of letters that only some documents need, such as a film's title."""
    return face(weight).subset(letters)


def _meanings(letters: Sequence[str]) -> bytes:
    entries = [
        f"<{number:04X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for number, letter in enumerate(letters, start=1)
    ]
    sections = (entries[at : at + _SECTION] for at in range(0, len(entries), _SECTION))
    body = "\n".join(f"{len(s)} beginbfchar\n{chr(10).join(s)}\nendbfchar" for s in sections)
    return _TO_UNICODE.format(body).encode()
