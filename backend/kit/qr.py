"""A ticket code as a QR symbol: 244 digits, version 6-M, always the same mask.

One form of symbol is all that tickets need. So whatever does not depend on the digits (the fixed
patterns, the way of the data through the squares, the mask) is worked out once, and a symbol
costs a tenth of what a general encoder takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from re import finditer

SIDE = 41
QUIET = 4
_DIGITS = 244
_BLOCKS, _DATA, _CHECK = 4, 27, 16
_WAY = 1383
# Level M and mask 3, which needs no trial of all eight, with the correction bits of the standard.
_FORMAT = 0b101101101001011
_ALIGNMENT = 34
_POLYNOMIAL = 0b100011101

# A line is written in parts of so many squares, because all parts that there are fit in a table.
_PART = 7

Square = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The squares of every symbol: where each comes from, and which of the data are inverted.

    `pick` takes the bits on their way, then a light and a dark square for the fixed patterns.
    """

    pick: Callable[[str], tuple[str, ...]]
    mask: int


@lru_cache(maxsize=32)
def path(code: str, stretch: str) -> str:
    """Return the dark squares of 244 digits, each stretch of a line written as `stretch` says.

    It has {x}, {y} and {length}, in squares, from the top left, without the quiet zone.
    """
    squares, tables = _squares(code), _stretches(stretch)
    lines = []
    for y in range(SIDE):
        line = squares[y * SIDE : (y + 1) * SIDE]
        parts = [table[line[at : at + _PART]] for at, table in tables.items()]
        lines.append("".join(parts).replace("{y}", str(y)))
    return "".join(lines)


@cache
def _stretches(stretch: str) -> dict[int, dict[str, str]]:
    """Return how each part of a line is written, but for the line: by where it begins."""
    given = stretch.replace("{y}", "{{y}}")
    tables: dict[int, dict[str, str]] = {}
    for at in range(0, SIDE, _PART):
        width = min(_PART, SIDE - at)
        parts = (f"{number:0{width}b}" for number in range(1 << width))
        tables[at] = {
            part: "".join(
                given.format(x=at + dark.start(), length=dark.end() - dark.start())
                for dark in finditer("1+", part)
            )
            for part in parts
        }
    return tables


def _squares(code: str) -> str:
    """Return all squares line by line, 1 for dark."""
    words = _words(code)
    blocks = [words[at : at + _DATA] for at in range(0, _BLOCKS * _DATA, _DATA)]
    checks = [_check(block) for block in blocks]
    sent = bytes(
        word for part in (blocks, checks) for turn in zip(*part, strict=True) for word in turn
    )
    # Seven squares are left over at the end of the way.
    masked = (int.from_bytes(sent, "big") << 7) ^ _plan().mask
    return "".join(_plan().pick(f"{masked:0{_WAY}b}01"))


def _words(code: str) -> bytes:
    """Return the data: mode, count, three digits in ten bits, the end, and what fills it up."""
    if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
        message = f"a ticket code is {_DIGITS} digits"
        raise ValueError(message)
    groups = "".join(f"{int(code[at : at + 3]):010b}" for at in range(0, _DIGITS - 1, 3))
    bits = f"0001{_DIGITS:010b}{groups}{int(code[-1]):04b}0000"
    words = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return words + bytes((0xEC, 0x11, 0xEC, 0x11))


def _check(block: bytes) -> bytes:
    """Return the correction words of a block: the rest of its division by the generator."""
    rest, top, multiples = 0, 8 * (_CHECK - 1), _multiples()
    for word in block:
        factor = word ^ (rest >> top)
        rest = ((rest & ((1 << top) - 1)) << 8) ^ multiples[factor]
    return rest.to_bytes(_CHECK, "big")


@cache
def _multiples() -> tuple[int, ...]:
    """Return the generator without its first term, times each byte, sixteen bytes as one number."""
    generator = [1]
    root = 1
    for _ in range(_CHECK):
        longer = [*generator, 0]
        for place, term in enumerate(generator, start=1):
            longer[place] ^= _product(term, root)
        generator, root = longer, _product(root, 2)
    return tuple(
        int.from_bytes(bytes(_product(term, factor) for term in generator[1:]), "big")
        for factor in range(256)
    )


def _product(one: int, other: int) -> int:
    """Multiply in the field of 256 elements."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 0x100:
            one ^= _POLYNOMIAL
        other >>= 1
    return product


@cache
def _plan() -> Plan:
    fixed = _fixed()
    way = list(_zigzag(fixed))
    source = {square: place for place, square in enumerate(way)}
    source |= {square: _WAY + is_dark for square, is_dark in fixed.items()}
    mask = "".join("0" if (x + y) % 3 else "1" for x, y in way)
    picks = (source[x, y] for y in range(SIDE) for x in range(SIDE))
    return Plan(pick=itemgetter(*picks), mask=int(mask, 2))


def _fixed() -> dict[Square, bool]:
    """Return the squares that carry no data: finders, timing, alignment, and the format."""
    fixed: dict[Square, bool] = {}
    for at in range(SIDE):
        fixed[at, 6] = fixed[6, at] = at % 2 == 0
    for left, top in ((0, 0), (SIDE - 7, 0), (0, SIDE - 7)):
        fixed |= _rings((left + 3, top + 3), reach=4, dark=(0, 1, 3))
    fixed |= _rings((_ALIGNMENT, _ALIGNMENT), reach=2, dark=(0, 2))
    for place in range(15):
        is_dark = bool(_FORMAT >> place & 1)
        down = place + (place > 5) if place < 8 else SIDE - 15 + place
        across = SIDE - 1 - place if place < 8 else 14 - place + (place < 9)
        fixed[8, down] = fixed[across, 8] = is_dark
    fixed[8, SIDE - 8] = True
    return fixed


def _rings(centre: Square, *, reach: int, dark: tuple[int, ...]) -> dict[Square, bool]:
    """Return the squares round a centre; those at a dark distance are dark."""
    near = range(-reach, reach + 1)
    return {
        (centre[0] + x, centre[1] + y): max(abs(x), abs(y)) in dark
        for x in near
        for y in near
        if 0 <= centre[0] + x < SIDE and 0 <= centre[1] + y < SIDE
    }


def _zigzag(fixed: dict[Square, bool]) -> Iterator[Square]:
    """Yield the squares that data fill: pairs of columns from the right, up and down in turn."""
    rights = [right - (right <= 6) for right in range(SIDE - 1, 0, -2)]
    for turn, right in enumerate(rights):
        lines = range(SIDE) if turn % 2 else range(SIDE - 1, -1, -1)
        yield from ((x, y) for y in lines for x in (right, right - 1) if (x, y) not in fixed)
