"""Money given back: by us, in the dashboard, late, or not at all (E14 to E18)."""

from uuid import uuid4

import pytest

from backend.contracts.messages import PaymentRefunded, PaymentRefundFailed
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import (
    Killed,
    answers,
    killed_after,
    killed_before,
    lost_answer,
    lost_request,
)

pytestmark = pytest.mark.integration
DEAD = (killed_before, killed_after)


async def states(rig: Rig) -> list[tuple[str, int, str]]:
    rows = await rig.rows(
        "SELECT origin, amount_minor, state FROM refund ORDER BY requested_at, amount_minor"
    )
    return [(row["origin"], row["amount_minor"], row["state"]) for row in rows]


async def in_dashboard(rig: Rig, amount: int | None = None) -> None:
    intent = await rig.provider.only_intent()
    params = {"payment_intent": intent.id} | ({"amount": amount} if amount else {})
    await rig.provider.stripe.v1.refunds.create_async(params)


async def test_a_refund_by_line_then_the_rest(rig: Rig):
    await rig.captured()

    first = await rig.ask_refund(3350)
    await rig.settle()
    second = await rig.ask_refund(2350)
    await rig.settle()

    told = [m for m in rig.heard.messages if isinstance(m, PaymentRefunded)]
    assert [(m.refund_id, m.amount_minor, m.refunded_total_minor, m.origin) for m in told] == [
        (first, 3350, 3350, "us"),
        (second, 2350, 5700, "us"),
    ]
    assert (await rig.attempt()).refunded_minor == 5700
    ledger = await rig.ledger()
    assert ledger["capture"] - ledger["refund"] - ledger["fee"] == await rig.provider.balance()


async def test_refunds_are_read_only_of_payments_that_have_some(rig: Rig):
    await rig.captured()
    await rig.sync()
    before = [path for method, path, _ in rig.wire.calls if path == "/v1/refunds"]

    await in_dashboard(rig, 100)
    rig.wire.calls.clear()
    await rig.sync()

    assert before == []
    assert ("GET", "/v1/refunds", None) in rig.wire.calls


async def test_the_same_refund_asked_twice_is_one(rig: Rig):
    await rig.captured()
    this = uuid4()

    await rig.ask_refund(1000, refund_id=this)
    await rig.settle()
    await rig.ask_refund(1000, refund_id=this)
    await rig.later()

    assert (await rig.ledger())["refund"] == 1000
    assert rig.heard.one(PaymentRefunded).refund_id == this
    assert await rig.rows("SELECT error FROM inbox_failure") == []


@pytest.mark.parametrize("fault", [lost_request, lost_answer, answers(500), answers(429), *DEAD])
async def test_a_refund_survives_what_happens_to_its_call(rig: Rig, fault):
    await rig.captured()
    this = await rig.ask_refund(1000)
    rig.wire.next("/v1/refunds", fault)

    if fault in DEAD:
        await rig.dies()
    await rig.later()
    await rig.later()

    assert rig.heard.one(PaymentRefunded).refund_id == this
    assert await states(rig) == [("us", 1000, "SUCCEEDED")]
    assert (await rig.ledger())["refund"] == 1000


async def test_a_refund_whose_key_is_forgotten_is_looked_for_before_it_is_asked_again(rig: Rig):
    await rig.captured()
    await rig.ask_refund(1000)
    rig.provider.hooks.are_on = False
    rig.wire.next("/v1/refunds", killed_after)

    with pytest.raises(Killed):
        await rig.later()
    await rig.provider.pass_by(hours=25)
    await rig.provider.app.state.passing.forget()
    await rig.restart()

    assert (await rig.ledger())["refund"] == 1000


async def test_a_slow_refund_is_told_when_the_bank_has_spoken(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.captured("refund_pending")
    await rig.later()
    await rig.ask_capture()
    await rig.settle()

    await rig.ask_refund(5700)
    await rig.service.round()
    pending = await states(rig)
    await rig.provider.settle()
    await rig.later()

    assert pending == [("us", 5700, "PENDING")]
    assert await states(rig) == [("us", 5700, "SUCCEEDED")]
    assert rig.heard.types().count("refunded") == 1


async def test_a_refund_that_fails_later_is_told_and_taken_back_in_the_ledger(rig: Rig):
    await rig.captured("refund_fails")
    this = await rig.ask_refund(5700)
    await rig.settle()
    await rig.later()

    assert rig.heard.types()[-1] == "refund_failed"
    failed = rig.heard.one(PaymentRefundFailed)
    assert (failed.refund_id, failed.failure) == (this, "expired_or_canceled_card")
    assert (await rig.attempt()).refunded_minor == 0
    ledger = await rig.ledger()
    assert ledger["refund"] == 0
    assert ledger["capture"] - ledger["fee"] == await rig.provider.balance()


async def test_a_refund_of_more_than_is_left_is_refused_and_told(rig: Rig):
    await rig.captured()
    await rig.ask_refund(5000)
    await rig.settle()

    this = await rig.ask_refund(1000)
    await rig.settle()

    assert rig.heard.one(PaymentRefundFailed).refund_id == this
    assert await states(rig) == [("us", 5000, "SUCCEEDED"), ("us", 1000, "FAILED")]


async def test_a_refund_of_money_that_was_never_taken_is_refused(rig: Rig):
    await rig.authorised()

    await rig.ask_refund(1000)
    await rig.settle()

    assert rig.heard.one(PaymentRefundFailed).failure == "not_captured"
    assert rig.wire.keys("/v1/refunds") == []


@pytest.mark.parametrize(("amount", "total"), [(None, 5700), (1200, 1200)])
async def test_a_refund_made_in_the_dashboard_is_imported(rig: Rig, amount, total):
    await rig.captured()

    await in_dashboard(rig, amount)
    await rig.settle()
    await rig.sync()

    told = rig.heard.one(PaymentRefunded)
    assert (told.origin, told.refunded_total_minor) == ("dashboard", total)
    assert (await rig.ledger())["refund"] == total


async def test_sums_count_whoever_gave_back(rig: Rig):
    await rig.captured()

    await in_dashboard(rig, 1200)
    await rig.settle()
    await rig.ask_refund(3000)
    await rig.settle()

    told = [m for m in rig.heard.messages if isinstance(m, PaymentRefunded)]
    assert [(m.origin, m.refunded_total_minor) for m in told] == [("dashboard", 1200), ("us", 4200)]


async def test_a_dispute_is_flagged_and_blocks_further_refunds(rig: Rig):
    await rig.captured("dispute")
    await rig.settle()
    asked_before = rig.wire.keys("/v1/refunds")

    await rig.ask_refund(1000)
    await rig.settle()

    attempt = await rig.attempt()
    assert (attempt.state, attempt.is_disputed) == ("CAPTURED", True)
    assert rig.heard.one(PaymentRefundFailed).failure == "charge_disputed"
    assert rig.wire.keys("/v1/refunds") == asked_before == []


async def test_a_reservation_that_is_let_go_is_no_refund(rig: Rig):
    """The provider shows it as one; not even somebody who asked too early makes it count."""
    await rig.authorised()
    await rig.ask_refund(5700)
    await rig.settle()
    await rig.ask_close("void")
    await rig.later()
    await rig.sync()

    assert await states(rig) == [("us", 5700, "FAILED")]
    assert await rig.ledger() == {}
