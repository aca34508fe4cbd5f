"""Refunds, disputes and the balance: money that goes back, and the sums that must stay true."""

import pytest
import stripe

from tests.backend.onebox.stripe_simulator.rig import Rig

pytestmark = pytest.mark.integration


async def captured(rig: Rig, method: str = "pm_card_visa"):
    return await rig.intent(method, expand=["latest_charge"])


async def test_refund_by_line_then_the_rest(rig: Rig):
    intent = await captured(rig)
    refunds = rig.stripe.v1.refunds

    part = await refunds.create_async({"payment_intent": intent.id, "amount": 2000})
    rest = await refunds.create_async({"charge": intent.latest_charge.id})

    assert [(part.status, part.amount), (rest.status, rest.amount)] == [
        ("succeeded", 2000),
        ("succeeded", 3000),
    ]
    charge = await rig.stripe.v1.charges.retrieve_async(intent.latest_charge.id)
    assert (charge.amount_refunded, charge.refunded) == (5000, True)
    found = await refunds.list_async({"payment_intent": intent.id})
    assert [each.id for each in found.data] == [rest.id, part.id]
    assert (await refunds.retrieve_async(part.id)).amount == 2000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await refunds.create_async({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"


async def test_refund_never_exceeds_what_is_left(rig: Rig):
    intent = await captured(rig)
    await rig.stripe.v1.refunds.create_async({"payment_intent": intent.id, "amount": 4000})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.refunds.create_async({"payment_intent": intent.id, "amount": 1001})

    assert refused.value.param == "amount"


async def test_refund_needs_money_that_was_taken(rig: Rig):
    held = await rig.intent("pm_card_visa", capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        await rig.stripe.v1.refunds.create_async({"payment_intent": held.id})
    with pytest.raises(stripe.InvalidRequestError, match="not been captured"):
        await rig.stripe.v1.refunds.create_async({"charge": str(held.latest_charge)})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        await rig.stripe.v1.refunds.create_async({"amount": 5})


async def test_slow_refund_is_pending_first(rig: Rig):
    intent = await captured(rig, "pm_card_pendingRefund")

    refund = await rig.stripe.v1.refunds.create_async({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    rig.clock.pass_by(seconds=3)
    await rig.settle()

    assert (await rig.stripe.v1.refunds.retrieve_async(refund.id)).status == "succeeded"
    assert (await rig.events())[-1] == "refund.updated"


async def test_refund_that_fails_gives_the_money_back_to_the_cinema(rig: Rig):
    intent = await captured(rig, "pm_card_refundFail")

    refund = await rig.stripe.v1.refunds.create_async({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    rig.clock.pass_by(seconds=3)
    await rig.settle()

    found = await rig.stripe.v1.refunds.retrieve_async(
        refund.id, {"expand": ["charge", "failure_balance_transaction"]}
    )
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert found.failure_balance_transaction.amount == 5000
    assert (found.charge.amount_refunded, found.charge.refunded) == (0, False)
    assert (await rig.events())[-2:] == ["refund.updated", "refund.failed"]


async def test_dispute_takes_the_money_and_a_fee_and_blocks_refunds(rig: Rig):
    intent = await captured(rig, "pm_card_createDispute")

    rig.clock.pass_by(seconds=2)
    await rig.settle()

    found = (await rig.stripe.v1.disputes.list_async({"payment_intent": intent.id})).data[0]
    assert (found.status, found.amount) == ("needs_response", 5000)
    assert [each.net for each in found.balance_transactions] == [-5000 - 7500]
    assert (await rig.stripe.v1.disputes.retrieve_async(found.id)).id == found.id
    assert "charge.dispute.created" in await rig.events()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.refunds.create_async({"payment_intent": intent.id})
    assert refused.value.code == "charge_disputed"


async def test_balance_is_the_sum_of_its_transactions(rig: Rig):
    intent = await captured(rig)
    refund = await rig.stripe.v1.refunds.create_async(
        {"payment_intent": intent.id, "amount": 2000, "expand": ["balance_transaction"]}
    )
    assert refund.balance_transaction.net == -2000

    found = await rig.stripe.v1.balance_transactions.list_async({"expand": ["data.source"]})

    assert [(each.type, each.amount, each.fee, each.net) for each in found.data] == [
        ("refund", -2000, 0, -2000),
        ("charge", 5000, 170, 4830),
    ]
    assert found.data[1].source.id == intent.latest_charge.id
    balance = await rig.stripe.v1.balance.retrieve_async()
    sums = [balance.available[0].amount, balance.pending[0].amount]
    assert sums == [-2000, 4830]
    rig.clock.pass_by(days=7)
    balance = await rig.stripe.v1.balance.retrieve_async()
    assert [balance.available[0].amount, balance.pending[0].amount] == [2830, 0]


async def test_transactions_are_found_by_source(rig: Rig):
    intent = await captured(rig)
    await captured(rig)

    found = await rig.stripe.v1.balance_transactions.list_async(
        {"source": intent.latest_charge.id, "type": "charge", "currency": "ron"}
    )

    assert [each.id for each in found.data] == [intent.latest_charge.balance_transaction]
