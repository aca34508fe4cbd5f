"""Where a refund can go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.payment.refunds import rules

STATES = st.sampled_from(list(rules.RANK))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "PENDING"),
        ("requires_action", "PENDING"),
        ("succeeded", "SUCCEEDED"),
        ("failed", "FAILED"),
        ("canceled", "FAILED"),
        ("something new", "PENDING"),
    ],
)
def test_the_providers_words(status, state):
    assert rules.shown(status) == state


@given(st.lists(STATES, min_size=1))
def test_late_fetches_change_nothing(fetched):
    state: rules.RefundState = "REQUESTED"
    for each in fetched:
        state = rules.advanced(state, each)

    assert state == max([*fetched, "REQUESTED"], key=rules.RANK.__getitem__)


def test_a_success_may_still_fail():
    assert rules.advanced("SUCCEEDED", "FAILED") == "FAILED"
