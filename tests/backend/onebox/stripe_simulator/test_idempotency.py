"""Idempotency keys: one effect, one answer, whoever repeats and however often."""

import asyncio
from typing import Any

import pytest
import stripe

from backend.onebox.stripe_simulator import refunds
from tests.backend.onebox.stripe_simulator.rig import Rig, session_params

pytestmark = pytest.mark.integration


def with_key(key: str) -> stripe.RequestOptions:
    return {"idempotency_key": key}


async def test_repeat_gets_the_first_answer(rig: Rig):
    sessions = rig.stripe.v1.checkout.sessions

    first = await sessions.create_async(session_params(), with_key("k-1"))
    again = await sessions.create_async(session_params(), with_key("k-1"))

    assert again.to_dict() == first.to_dict()
    assert len((await sessions.list_async()).data) == 1
    headers = rig.carrier.answers[1].headers
    assert headers["idempotent-replayed"] == "true"
    assert headers["original-request"] == rig.carrier.answers[0].headers["request-id"]
    assert "idempotent-replayed" not in rig.carrier.answers[0].headers


async def test_key_belongs_to_one_request(rig: Rig):
    await rig.stripe.v1.checkout.sessions.create_async(session_params(), with_key("k-1"))

    with pytest.raises(stripe.IdempotencyError) as refused:
        await rig.stripe.v1.checkout.sessions.create_async(
            session_params(client_reference_id="order.2"), with_key("k-1")
        )
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        await rig.stripe.v1.payment_intents.create_async(
            {"amount": 500, "currency": "ron"}, with_key("k-1")
        )


async def test_decline_is_replayed_and_charged_once(rig: Rig):
    made = await rig.intent()
    card = {"payment_method": "pm_card_chargeDeclined"}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await rig.stripe.v1.payment_intents.confirm_async(made.id, card, with_key("k-1"))

    found = await rig.stripe.v1.charges.list_async({"payment_intent": made.id})

    assert len(found.data) == 1


async def test_refused_parameters_do_not_use_the_key_up(rig: Rig):
    sessions = rig.stripe.v1.checkout.sessions
    with pytest.raises(stripe.InvalidRequestError):
        await sessions.create_async(session_params(tip=1), with_key("k-1"))

    made = await sessions.create_async(session_params(), with_key("k-1"))

    assert made.status == "open"


async def test_fault_inside_is_a_500_that_is_replayed_and_left_nothing(rig: Rig, monkeypatch):
    intent = await rig.intent("pm_card_visa")

    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(refunds, "_return", breaks)
    params = {"payment_intent": intent.id}
    with pytest.raises(stripe.APIError) as first:
        await rig.stripe.v1.refunds.create_async(params, with_key("k-1"))
    monkeypatch.undo()
    with pytest.raises(stripe.APIError) as again:
        await rig.stripe.v1.refunds.create_async(params, with_key("k-1"))

    assert (first.value.http_status, again.value.http_status) == (500, 500)
    assert rig.carrier.answers[-1].headers["idempotent-replayed"] == "true"
    assert (await rig.stripe.v1.refunds.list_async()).data == []


async def test_rivals_with_one_key_make_one_effect(rig: Rig):
    async def ask() -> Any:
        try:
            return (
                await rig.stripe.v1.checkout.sessions.create_async(
                    session_params(), with_key("k-1")
                )
            ).id
        except stripe.StripeError as refused:
            error: Any = refused.error
            return f"{refused.http_status} {error.code}"

    answers = set(await asyncio.gather(*(ask() for _ in range(20))))

    made = [each.id for each in (await rig.stripe.v1.checkout.sessions.list_async()).data]
    assert len(made) == 1
    assert answers - {"409 idempotency_key_in_use"} == set(made)


async def test_rivals_for_one_capture_take_the_money_once(rig: Rig):
    held = await rig.intent("pm_card_visa", capture_method="manual")

    async def take(number: int) -> Any:
        try:
            found = await rig.stripe.v1.payment_intents.capture_async(
                held.id, {}, with_key(f"k-{number}")
            )
        except stripe.InvalidRequestError as refused:
            return str(refused.code)
        return found.status

    answers = await asyncio.gather(*(take(number) for number in range(8)))

    assert sorted(answers) == ["payment_intent_unexpected_state"] * 7 + ["succeeded"]
    found = await rig.stripe.v1.balance_transactions.list_async()
    assert [each.amount for each in found.data] == [5000]


async def test_key_is_forgotten_after_a_day(rig: Rig):
    sessions = rig.stripe.v1.checkout.sessions
    first = await sessions.create_async(session_params(), with_key("k-1"))

    rig.clock.pass_by(hours=25)
    await rig.app.state.passing.forget()
    again = await sessions.create_async(session_params(), with_key("k-1"))

    assert again.id != first.id
