"""Makes any text fit: what the font cannot draw is replaced, what is too wide shrinks or wraps.

Pure: widths come from the `Measure` that the caller hands in.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

REPLACEMENT = "☐"
_ELLIPSIS = "…"
# Nothing on a page shows more; longer input is cut before it is measured.
_LONGEST = 600


class Measure(Hashable, Protocol):
    """Returns the width of a text at a size, in the unit of the page."""

    def __call__(self, text: str, size: float) -> float:
        """Measure one line."""
        ...


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that fit, and the size at which they do."""

    lines: tuple[str, ...]
    size: float


def printable(text: str, glyphs: Container[int]) -> str:
    """Return the text with visible boxes for what the font lacks and no invisible characters."""
    composed = unicodedata.normalize("NFC", text[: _LONGEST * 4])
    kept = "".join(_shown(letter, glyphs) for letter in composed)
    return " ".join(kept.split())


def _shown(letter: str, glyphs: Container[int]) -> str:
    category = unicodedata.category(letter)
    if letter.isspace() or category in {"Cc", "Zl", "Zp"}:
        return " "
    # Direction marks, joiners and variation selectors would act on the text around them.
    if category in {"Cf", "Mn", "Me", "Cs"} and (category != "Mn" or ord(letter) not in glyphs):
        return ""
    return letter if ord(letter) in glyphs else REPLACEMENT


def wrap(text: str, *, width: float, size: float, measure: Measure) -> list[str]:
    """Break a text into lines; a word wider than a line is broken inside."""
    lines: list[str] = []
    line = ""
    for word in text[:_LONGEST].split():
        joined = f"{line} {word}" if line else word
        if measure(joined, size) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width=width, size=size, measure=measure)
        lines.extend(full)
    return [*lines, line] if line else lines


def _pieces(word: str, *, width: float, size: float, measure: Measure) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure(pieces[-1] + letter, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(maxsize=512)
def fit(
    text: str, *, width: float, sizes: Sequence[float], most_lines: int, measure: Measure
) -> Block:
    """Return the text at the largest size that fits without breaking words, else cut short."""
    for size in sizes:
        lines = wrap(text, width=width, size=size, measure=measure)
        is_whole = all(measure(word, size) <= width for word in text[:_LONGEST].split())
        if len(lines) <= most_lines and is_whole and len(text) <= _LONGEST:
            return Block(tuple(lines), size)
    size = sizes[-1]
    lines = wrap(text, width=width, size=size, measure=measure)
    if len(lines) > most_lines or len(text) > _LONGEST:
        last = shorten(
            f"{lines[most_lines - 1]}{_ELLIPSIS}" if len(lines) >= most_lines else text,
            width=width,
            size=size,
            measure=measure,
        )
        lines = [*lines[: most_lines - 1], last]
    return Block(tuple(lines), size)


def shorten(text: str, *, width: float, size: float, measure: Measure) -> str:
    """Return one line that fits, cut with an ellipsis where it must be."""
    if measure(text, size) <= width:
        return text
    kept = text[:_LONGEST].rstrip(_ELLIPSIS)
    lengths = range(1, len(kept) + 1)
    fitting = bisect_right(
        lengths, width, key=lambda length: measure(kept[:length].rstrip() + _ELLIPSIS, size)
    )
    return kept[:fitting].rstrip() + _ELLIPSIS
