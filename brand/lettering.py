"""Words as outlines of Source Sans, kerned, for pictures that must look alike everywhere.

An SVG that a page shows as an image cannot load a font; its letters have to be paths.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from types import MappingProxyType
from typing import Any, Literal

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from brand.fonts import Weight, ttf_path

Anchor = Literal["start", "middle", "end"]
_SHIFT: Mapping[Anchor, float] = {"start": 0.0, "middle": -0.5, "end": -1.0}


@dataclass(frozen=True, slots=True)
class PairRule:
    """One table of the font's kerning: by pairs of glyphs, or by classes of them."""

    table: Any
    first: Mapping[str, int]

    def distance(self, before: str, after: str) -> int | None:
        """Return how much closer the two stand, or None where another rule has to say it."""
        row = self.first.get(before)
        if row is None:
            return None
        if self.table.Format == 1:
            records = self.table.PairSet[row].PairValueRecord
            return next((_advance(r.Value1) for r in records if r.SecondGlyph == after), None)
        first_class = self.table.ClassDef1.classDefs.get(before, 0)
        second_class = self.table.ClassDef2.classDefs.get(after, 0)
        record = self.table.Class1Record[first_class].Class2Record[second_class]
        return _advance(record.Value1)


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the typeface; lengths are in its own units, `em` to the type size."""

    em: int
    glyphs: Any
    names: Mapping[int, str]
    advances: Mapping[str, int]
    rules: tuple[PairRule, ...]

    def placed(self, text: str, tracking: float) -> Iterator[tuple[str, float]]:
        """Yield each glyph with where it starts; the last one is the end of the line."""
        at, before = 0.0, ""
        for letter in text:
            name = self.names.get(ord(letter), ".notdef")
            at += self._kerning(before, name)
            yield name, at
            at += self.advances[name] + tracking * self.em
            before = name
        yield "", at - tracking * self.em

    def _kerning(self, before: str, after: str) -> int:
        found = (rule.distance(before, after) for rule in self.rules)
        return next((by for by in found if by is not None), 0)


def width(text: str, size: float, *, weight: Weight = "bold", tracking: float = 0) -> float:
    face = _face(weight)
    return [at for _, at in face.placed(text, tracking)][-1] * size / face.em


def outline(
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    weight: Weight = "bold",
    anchor: Anchor = "start",
    tracking: float = 0,
    stretch: float = 1,
) -> str:
    """Return the path data of a line of text whose baseline starts, centres or ends at x, y.

    `tracking` is in ems; `stretch` makes the letters taller without making them wider.
    """
    face = _face(weight)
    scale = size / face.em
    left = x + _SHIFT[anchor] * width(text, size, weight=weight, tracking=tracking)
    pen = SVGPathPen(face.glyphs, ntos=_short)
    for name, at in face.placed(text, tracking):
        if name:
            place = (scale, 0, 0, -scale * stretch, left + at * scale, y)
            face.glyphs[name].draw(TransformPen(pen, place))
    return str(pen.getCommands())


def fitted(text: str, room: float, *, weight: Weight = "bold", tracking: float = 0) -> float:
    """Return the size at which the text is as wide as the room."""
    return room / width(text, 1, weight=weight, tracking=tracking)


@cache
def _face(weight: Weight) -> Face:
    # From memory: the glyphs are read lazily, and an open file would outlive its last user.
    font = TTFont(BytesIO(ttf_path(weight).read_bytes()), lazy=True)
    return Face(
        em=font["head"].unitsPerEm,
        glyphs=font.getGlyphSet(),
        names=MappingProxyType(font.getBestCmap()),
        advances={name: advance for name, (advance, _) in font["hmtx"].metrics.items()},
        rules=tuple(_pair_rules(font)),
    )


def _pair_rules(font: TTFont) -> Iterator[PairRule]:
    table = font["GPOS"].table
    feature = next(r.Feature for r in table.FeatureList.FeatureRecord if r.FeatureTag == "kern")
    for index in feature.LookupListIndex:
        for written in table.LookupList.Lookup[index].SubTable:
            rule = getattr(written, "ExtSubTable", written)
            yield PairRule(rule, {name: row for row, name in enumerate(rule.Coverage.glyphs)})


def _advance(value: Any) -> int:
    return getattr(value, "XAdvance", 0) or 0


def _short(number: float) -> str:
    written = f"{number:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written
