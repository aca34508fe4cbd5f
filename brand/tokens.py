"""The look as data: what brand/tokens.json says, read once and merged per theme.

Web, mail, PDF and the Qt apps all take colours, sizes and motion from here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Theme = Literal["light", "dark", "light-contrast", "dark-contrast"]
THEMES: tuple[Theme, ...] = ("light", "dark", "light-contrast", "dark-contrast")
_FILE = Path(__file__).with_name("tokens.json")


@dataclass(frozen=True, slots=True)
class Pair:
    """A front colour that is read on a back colour, and the contrast that it must reach."""

    front: str
    back: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """Lengths are CSS pixels, durations milliseconds, colours #rrggbb."""

    colour: Mapping[str, Mapping[str, str]]
    pairs: tuple[Pair, ...]
    type: Mapping[str, Any]
    space: Mapping[str, int]
    radius: Mapping[str, int]
    size: Mapping[str, int]
    shadow: Mapping[str, Mapping[str, str]]
    motion: Mapping[str, Mapping[str, Any]]
    breakpoint: Mapping[str, int]

    def palette(self, theme: Theme) -> Mapping[str, str]:
        """Return every colour of a theme; high contrast changes only some of its base."""
        base = theme.removesuffix("-contrast")
        return MappingProxyType({**self.colour[base], **self.colour[theme]})


@cache
def tokens() -> Tokens:
    raw = json.loads(_FILE.read_text("utf-8"))
    pairs = tuple(
        Pair(front, back, rule["ratio"])
        for rule in raw.pop("pairs")
        for front in rule["front"]
        for back in rule["back"]
    )
    return Tokens(pairs=pairs, **raw)


def contrast(front: str, back: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(front), _luminance(back)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
