"""Any text fits: pure rules with a ruler of one millimetre per letter and point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ticket.documents.text import Block, fit, printable, shorten, wrap

LATIN = frozenset(range(32, 127)) | {ord(letter) for letter in "ăâîșțĂÂÎȘȚ…☐"}


def ruler(text: str, size: float) -> float:
    return len(text) * size


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("Ștefan cel Mare și țara", "Ștefan cel Mare și țara"),
        ("s\u0326i t\u0326i a\u0306", "și ți ă"),
        ("Zombies 🧟 now", "Zombies ☐ now"),
        ("👩‍🚀", "☐☐"),
        ("\u202eevil\u202c", "evil"),
        ("two\nlines\tand\0nul", "two lines and nul"),
        ("שלום", "☐☐☐☐"),
        ("❤️", "☐"),
        ("<b>bold</b> <img src='http://x/y.png'/>", "<b>bold</b> <img src='http://x/y.png'/>"),
        ("", ""),
    ],
)
def test_printable_shows_what_the_font_has_and_boxes_for_the_rest(given_text, shown):
    assert printable(given_text, LATIN) == shown


def test_fit_takes_the_largest_size_at_which_all_lines_fit():
    block = fit("The Passion of Joan", width=24, sizes=(4, 2, 1), most_lines=2, measure=ruler)

    assert block == Block(("The Passion", "of Joan"), 2)


def test_fit_shrinks_rather_than_breaking_a_word():
    block = fit("Nosferatu", width=18, sizes=(4, 2, 1), most_lines=3, measure=ruler)

    assert block == Block(("Nosferatu",), 2)


def test_fit_cuts_what_is_too_long_for_the_smallest_size():
    block = fit("one two three four", width=8, sizes=(1,), most_lines=2, measure=ruler)

    assert block == Block(("one two", "three…"), 1)


def test_wrap_breaks_a_word_that_is_wider_than_the_line():
    assert wrap("abcdefgh ij", width=3, size=1, measure=ruler) == ["abc", "def", "gh", "ij"]


def test_shorten_keeps_what_fits():
    assert shorten("Sala", width=4, size=1, measure=ruler) == "Sala"
    assert shorten("Sala mare", width=6, size=1, measure=ruler) == "Sala…"


@given(text=st.text(max_size=400), width=st.integers(8, 60), most_lines=st.integers(1, 4))
def test_fit_never_overflows(text, width, most_lines):
    block = fit(
        printable(text, LATIN), width=width, sizes=(4, 2, 1), most_lines=most_lines, measure=ruler
    )

    assert len(block.lines) <= most_lines
    assert all(ruler(one, block.size) <= width for one in block.lines)
