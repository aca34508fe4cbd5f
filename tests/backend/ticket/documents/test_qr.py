"""The symbol is the one that the standard asks for, and always the same."""

from backend.ticket.documents.qr import outlines, symbol
from tests.backend.ticket.builders import DIGITS


def test_symbol_of_244_digits_is_version_6():
    assert symbol(DIGITS).side == 41


def test_symbol_begins_with_the_finder_pattern():
    first = symbol(DIGITS).outlines[0]

    assert first[0] == (0, 0)
    assert {(7, 0), (7, 7), (0, 7)} <= set(first)


def test_outlines_of_a_ring_are_its_edge_and_its_hole():
    ring = frozenset((x, y) for x in range(3) for y in range(3)) - {(1, 1)}

    edge, hole = outlines(ring)

    assert edge == ((0, 0), (3, 0), (3, 3), (0, 3))
    assert set(hole) == {(1, 1), (1, 2), (2, 2), (2, 1)}


def test_squares_that_touch_at_a_corner_are_traced_whole():
    found = list(outlines(frozenset({(0, 0), (1, 1)})))

    corners = sorted(point for outline in found for point in outline)
    assert corners == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 1), (1, 2), (2, 1), (2, 2)]


def test_symbol_is_the_same_each_time():
    assert symbol(DIGITS) == symbol(DIGITS)
