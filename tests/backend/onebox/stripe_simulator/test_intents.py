"""PaymentIntents over the SDK: every status, every card, and what the bank's answer leaves."""

from typing import Any

import pytest
import stripe

from backend.onebox.stripe_simulator.cards import CARDS, Conduct
from tests.backend.onebox.stripe_simulator.rig import ADDRESS, Rig

pytestmark = pytest.mark.integration


async def test_intent_is_made_confirmed_and_captured(rig: Rig):
    intents = rig.stripe.v1.payment_intents

    made = await rig.intent(capture_method="manual", metadata={"order": "o"})
    assert made.status == "requires_payment_method"
    held = await intents.confirm_async(made.id, {"payment_method": "pm_card_visa"})
    assert (held.status, held.amount_capturable) == ("requires_capture", 5000)
    taken = await intents.capture_async(made.id)

    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 5000, 0)
    assert await rig.events() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


async def test_intent_waits_for_confirmation_when_it_has_a_card(rig: Rig):
    made = await rig.intent(payment_method="pm_card_visa")

    assert made.status == "requires_confirmation"
    method = await rig.stripe.v1.payment_methods.retrieve_async(str(made.payment_method))
    assert (method.type, method.card.last4) == ("card", "4242")
    paid = await rig.stripe.v1.payment_intents.confirm_async(made.id)
    assert paid.status == "succeeded"


async def test_decline_is_an_error_that_stays_on_the_intent(rig: Rig):
    made = await rig.intent()

    with pytest.raises(stripe.CardError) as refused:
        await rig.stripe.v1.payment_intents.confirm_async(
            made.id, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
        )

    assert (refused.value.code, refused.value.http_status) == ("card_declined", 402)
    error: Any = refused.value.error
    assert error.decline_code == "insufficient_funds"
    found = await rig.stripe.v1.payment_intents.retrieve_async(
        made.id, {"expand": ["latest_charge"]}
    )
    assert found.status == "requires_payment_method"
    assert found.last_payment_error.decline_code == "insufficient_funds"
    assert (found.latest_charge.status, found.latest_charge.paid) == ("failed", False)
    assert await rig.events() == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]


async def test_success_after_a_decline_uses_the_same_intent(rig: Rig):
    with pytest.raises(stripe.CardError):
        await rig.intent("pm_card_visa_chargeDeclined")
    intents = rig.stripe.v1.payment_intents
    made = (await intents.list_async()).data[0]

    paid = await intents.confirm_async(made.id, {"payment_method": "pm_card_mastercard"})

    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    charges = await rig.stripe.v1.charges.list_async({"payment_intent": made.id})
    assert [each.status for each in charges.data] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [("approve", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
async def test_challenge_is_answered_at_the_bank(rig: Rig, answer, status, told):
    made = await rig.intent("pm_card_threeDSecure2Required", return_url="http://cinema.test/back")
    assert made.status == "requires_action"
    address = made.next_action.redirect_to_url.url
    assert address == f"{ADDRESS}/c/challenge/{made.id}"

    reply = await rig.web.post(address, data={"answer": answer})

    assert reply.headers["location"] == (
        f"http://cinema.test/back?payment_intent={made.id}"
        f"&payment_intent_client_secret={made.client_secret}&redirect_status={told}"
    )
    found = await rig.stripe.v1.payment_intents.retrieve_async(made.id)
    assert found.status == status


async def test_slow_card_is_processing_until_the_bank_answers(rig: Rig):
    made = await rig.intent("pm_card_slow", capture_method="manual")
    assert made.status == "processing"
    with pytest.raises(stripe.InvalidRequestError):
        await rig.stripe.v1.payment_intents.cancel_async(made.id)

    rig.clock.pass_by(seconds=4)
    await rig.settle()

    found = await rig.stripe.v1.payment_intents.retrieve_async(made.id)
    assert (found.status, found.amount_capturable) == ("requires_capture", 5000)


async def test_cancel_gives_the_reservation_back_without_moving_money(rig: Rig):
    held = await rig.intent("pm_card_visa", capture_method="manual")

    ended = await rig.stripe.v1.payment_intents.cancel_async(
        held.id, {"cancellation_reason": "abandoned", "expand": ["latest_charge"]}
    )

    assert (ended.status, ended.cancellation_reason) == ("canceled", "abandoned")
    charge = ended.latest_charge
    assert (charge.captured, charge.refunded, charge.amount_refunded) == (False, True, 5000)
    refunds = await rig.stripe.v1.refunds.list_async({"charge": charge.id})
    assert [(each.amount, each.balance_transaction) for each in refunds.data] == [(5000, None)]
    assert (await rig.stripe.v1.balance_transactions.list_async()).data == []


async def test_reservation_lapses_after_a_week(rig: Rig):
    held = await rig.intent("pm_card_visa", capture_method="manual")

    rig.clock.pass_by(days=7)
    await rig.settle()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.payment_intents.capture_async(held.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    error: Any = refused.value.error
    assert error.payment_intent.cancellation_reason == "automatic"


async def test_capture_takes_less_but_never_more_nor_twice(rig: Rig):
    intents = rig.stripe.v1.payment_intents
    held = await rig.intent("pm_card_visa", capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        await intents.capture_async(held.id, {"amount_to_capture": 5001})
    assert refused.value.code == "amount_too_large"
    taken = await intents.capture_async(held.id, {"amount_to_capture": 3000})
    assert (taken.status, taken.amount_received) == ("succeeded", 3000)
    with pytest.raises(stripe.InvalidRequestError) as twice:
        await intents.capture_async(held.id)
    assert twice.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"amount": 199}, "amount", "amount_too_small"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"amount": "ten"}, "amount", "parameter_invalid_integer"),
        ({"amount": -5}, "amount", "parameter_invalid_integer"),
        ({"currency": "lei"}, "currency", None),
        ({"currency": ""}, "currency", "parameter_invalid_empty"),
        ({"capture_method": "later"}, "capture_method", None),
        ({"confirm": "maybe"}, "confirm", None),
        ({"payment_method": "pm_nobody"}, "payment_method", "resource_missing"),
        ({"tip": 5}, "tip", "parameter_unknown"),
        ({"customer": "cus_1"}, "customer", "parameter_unknown"),
        ({"description": "a\0b"}, "description", None),
    ],
)
async def test_intent_refuses(rig: Rig, params, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.intent(**params)

    assert (refused.value.param, refused.value.code) == (param, code)
    assert await rig.events() == []


async def test_intent_that_does_not_exist_is_missing(rig: Rig):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.payment_intents.retrieve_async("pi_none")

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert refused.value.user_message == "No such payment_intent: 'pi_none'"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
async def test_every_card_behaves_as_its_name_says(rig: Rig, card):
    expected = {
        Conduct.PAYS: "succeeded",
        Conduct.DECLINES: "requires_payment_method",
        Conduct.CHALLENGES: "requires_action",
        Conduct.TAKES_TIME: "processing",
    }

    session = await rig.paid_session(card.name, payment_intent_data={})

    assert session.payment_intent.status == expected[card.conduct]
