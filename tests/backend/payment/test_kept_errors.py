"""The provider keeps an error of its own with the key, and repeats it for a day: work goes on."""

from typing import Any

import pytest

from tests.backend.payment.rig import Rig

pytestmark = pytest.mark.integration


async def broken(rig: Rig, operation: str, when: str) -> None:
    """Let the next call of a kind break at the provider, before or after its effect."""
    once: dict[str, Any] = {"fault": "500", "when": when, "operations": [operation], "times": 1}
    await rig.provider.fault(calls=[once])


async def often_later(rig: Rig) -> None:
    for _ in range(3):
        await rig.later()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_money_is_taken_once_after_a_kept_error(rig: Rig, when: str):
    await rig.authorised()
    await broken(rig, "intent.capture", when)
    await rig.ask_capture()
    await often_later(rig)

    assert rig.heard.types() == ["opened", "authorised", "captured"]
    assert (await rig.ledger())["capture"] == 5700
    moved = await rig.provider.stripe.v1.balance_transactions.list_async()
    assert [one.amount for one in moved.data] == [5700]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_money_goes_back_once_after_a_kept_error(rig: Rig, when: str):
    await rig.captured()
    await broken(rig, "refund.create", when)
    await rig.ask_refund(700)
    await often_later(rig)

    assert rig.heard.types()[-1] == "refunded"
    found = await rig.provider.stripe.v1.refunds.list_async()
    assert [(one.amount, one.status) for one in found.data] == [(700, "succeeded")]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_reservation_is_let_go_after_a_kept_error(rig: Rig, when: str):
    await rig.authorised()
    await broken(rig, "intent.cancel", when)
    await rig.ask_close("void")
    await often_later(rig)

    assert rig.heard.types()[-1] == "closed"
    assert (await rig.provider.only_intent()).status == "canceled"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_page_is_closed_after_a_kept_error(rig: Rig, when: str):
    await rig.open()
    await broken(rig, "session.expire", when)
    await rig.ask_close("buyer")
    await often_later(rig)

    assert rig.heard.types() == ["opened", "closed"]
    assert [one.status for one in await rig.provider.sessions()] == ["expired"]


async def test_a_key_that_is_kept_for_a_good_answer_stays(rig: Rig):
    await rig.captured()

    assert rig.wire.keys("/capture") == [f"mm-test-{rig.order}-1-capture"]


async def test_the_next_key_is_computed_too(rig: Rig):
    await rig.authorised()
    await broken(rig, "intent.capture", "before")
    await rig.ask_capture()
    await often_later(rig)

    first = f"mm-test-{rig.order}-1-capture"
    assert list(dict.fromkeys(rig.wire.keys("/capture"))) == [first, f"{first}-2"]
