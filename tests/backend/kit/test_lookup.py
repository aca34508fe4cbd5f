"""The mailed code: the same for an order each time, read however it was typed."""

from uuid import UUID

import pytest

from backend.kit.lookup import code_hash, grouped, lookup_code

ORDER = UUID("01900000-0000-7000-8000-000000000001")
SECRET = b"secret of the tests"


def test_code_is_eight_letters_that_nobody_confuses():
    code = lookup_code(SECRET, ORDER)

    assert len(code) == 8
    assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_code_depends_on_order_and_secret_alone():
    assert lookup_code(SECRET, ORDER) == lookup_code(SECRET, ORDER)
    assert lookup_code(SECRET, ORDER) != lookup_code(b"another", ORDER)
    assert lookup_code(SECRET, ORDER) != lookup_code(SECRET, UUID(int=ORDER.int + 1))


@pytest.mark.parametrize("typed", ["10ab-cdef", " IOAB CDEF ", "loabcdef", "10AB\u2013CDEF"])
def test_hash_forgives_how_a_code_was_typed(typed):
    assert code_hash(typed) == code_hash("10ABCDEF")


@pytest.mark.parametrize("typed", ["", "10ABCDE", "10ABCDEFG", "10ABCDEG"])
def test_hash_of_another_code_differs(typed):
    assert code_hash(typed) != code_hash("10ABCDEF")


def test_code_is_shown_in_two_groups():
    assert grouped("10ABCDEF") == "10AB-CDEF"
