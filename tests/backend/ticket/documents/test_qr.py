"""The symbol is the one that the standard asks for, and always the same."""

from backend.ticket.documents.qr import Bar, symbol
from tests.backend.ticket.builders import DIGITS


def test_symbol_of_244_digits_is_version_6():
    assert symbol(DIGITS).side == 41


def test_symbol_begins_with_the_finder_pattern():
    top = [bar for bar in symbol(DIGITS).bars if bar.row == 0]

    assert top[0] == Bar(0, 0, 7)
    assert top[-1] == Bar(34, 0, 7)


def test_symbol_is_the_same_each_time():
    assert symbol(DIGITS) == symbol(DIGITS)
