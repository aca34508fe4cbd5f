"""Identifiers: version 7, unique, and sorted by the time they were made."""

import time

from backend.kit.ids import uuid7


def test_identifiers_are_version_seven_of_the_right_variant():
    made = uuid7()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_identifiers_carry_the_time_and_are_unique():
    before = time.time_ns() // 1_000_000
    made = [uuid7() for _ in range(1000)]
    after = time.time_ns() // 1_000_000

    times = [one.int >> 80 for one in made]
    assert len(set(made)) == 1000
    assert before <= times[0] <= times[-1] <= after
    assert times == sorted(times)
