"""A cinema of its own for all of these: it waits shortly for the provider, and compares often."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.faults.amounts import is_full
from tests.faults.payments.provider import Provider
from tests.faults.rig.cinema import Cinema, opened
from tests.faults.rig.scenario import Scenario

# As in production, but what waits for minutes there waits for seconds here. Each round reads the
# provider's lists of two days, which are long in a full run.
QUICKLY = {
    "MM_PAYMENT_RECONCILE_EVERY": "PT4S" if is_full() else "PT1S",
    "MM_PAYMENT_PROVIDER_ANSWERS_WITHIN": "PT1S",
    "MM_PAYMENT_LOOK_FIRST": "PT0.3S",
    "MM_PAYMENT_LOOK_LAST": "PT2S",
    "MM_PAYMENT_REFUND_STRAYS_AFTER": "PT3S",
    "MM_PAYMENT_COMPARE_BOOKS_EVERY": "PT12S" if is_full() else "PT1S",
}


@pytest.fixture(scope="session")
def shared_cinema() -> Iterator[Cinema]:
    """The cinema of all scenarios of this folder."""
    with opened(QUICKLY) as cinema:
        yield cinema


@pytest.fixture
async def provider(scenario: Scenario) -> AsyncIterator[Provider]:
    """The provider's switches, which are all off again at the end."""
    made = Provider(scenario)
    try:
        yield made
    finally:
        await made.end()
