"""References: sixty random bits, read out and typed back in without harm."""

import re

from hypothesis import given
from hypothesis import strategies as st

from backend.movies.orders.reference import new_reference, normalised


def test_reference_is_three_groups_of_letters_that_nobody_confuses():
    made = {new_reference() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", r) for r in made)


def test_typing_errors_of_people_are_forgiven():
    assert normalised("7k2m p9qx 4tbd") == "7K2M-P9QX-4TBD"
    assert normalised(" 7K2MP9QX4TBD ") == "7K2M-P9QX-4TBD"
    assert normalised("OIL0-0000-0000") == "0110-0000-0000"


@given(st.text(max_size=40))
def test_whatever_is_typed_becomes_a_text_of_the_same_form(typed):
    assert re.fullmatch(r"[0-9A-Z]{0,4}-[0-9A-Z]{0,4}-[0-9A-Z]{0,4}", normalised(typed))


def test_reference_survives_being_typed():
    for made in (new_reference() for _ in range(100)):
        assert normalised(made) == normalised(made.lower().replace("-", " ")) == made
