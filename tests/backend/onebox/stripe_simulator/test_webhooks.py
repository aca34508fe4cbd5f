"""Webhooks: signed as the SDK checks, repeated until taken, kept over a restart."""

import json

import pytest
import stripe

from backend.onebox.stripe_simulator.deliveries import signature
from backend.onebox.stripe_simulator.events import API_VERSION
from tests.backend.onebox.stripe_simulator.rig import SECRET, Rig, rig_on, session_params

pytestmark = pytest.mark.integration


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


async def test_webhooks_are_signed_and_tell_the_story(rig: Rig):
    await rig.paid_session()
    await rig.settle()

    heard = rig.hooks.events()

    assert sorted(event.type for event in heard) == [
        "charge.succeeded",
        "checkout.session.completed",
        "payment_intent.amount_capturable_updated",
        "payment_intent.created",
    ]
    assert {event.api_version for event in heard} == {API_VERSION}
    assert {event.livemode for event in heard} == {False}
    completed = next(each for each in heard if each.type == "checkout.session.completed")
    assert completed.data.object.client_reference_id == "order.1"


def test_api_version_is_the_one_that_the_sdk_pins():
    assert stripe.api_version == API_VERSION


def test_signature_of_another_secret_is_refused():
    header = signature(b"{}", "whsec_other", 1_800_000_000)

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header("{}", header, SECRET, tolerance=None)


async def test_event_carries_the_key_of_its_request(rig: Rig):
    await rig.stripe.v1.payment_intents.create_async(
        {"amount": 500, "currency": "ron"}, {"idempotency_key": "mm-test-1"}
    )

    event = (await rig.stripe.v1.events.list_async()).data[0]

    assert event.request.idempotency_key == "mm-test-1"
    assert event.request.id == rig.carrier.answers[0].headers["request-id"]


async def test_webhook_that_is_not_taken_comes_again_later(rig: Rig):
    rig.hooks.status = 500
    await rig.intent()
    await rig.settle()
    assert len(rig.hooks.heard) == 1
    assert (await rig.stripe.v1.events.list_async({"delivery_success": True})).data == []

    rig.clock.pass_by(seconds=1)
    await rig.settle()
    rig.hooks.status = 200
    rig.clock.pass_by(seconds=5)
    await rig.settle()
    rig.clock.pass_by(days=2)
    await rig.settle()

    assert len({event.id for event in rig.hooks.events()}) == 1
    assert len(rig.hooks.heard) == 3
    event = (await rig.stripe.v1.events.list_async({"delivery_success": True})).data[0]
    assert event.pending_webhooks == 0


async def test_webhook_is_given_up_after_three_days(rig: Rig):
    rig.hooks.status = 500
    await rig.intent()

    for _ in range(30):
        await rig.settle()
        rig.clock.pass_by(hours=6)
    tries = len(rig.hooks.heard)
    rig.clock.pass_by(days=10)
    await rig.settle()

    assert len(rig.hooks.heard) == tries == 11
    event = (await rig.stripe.v1.events.list_async()).data[0]
    assert event.pending_webhooks == 0


async def test_webhook_survives_a_stop_between_claim_and_answer(dsn: str):
    async with rig_on(dsn) as first:
        await first.intent()

        async def dies(*_: object) -> None:
            raise Killed

        first.app.state.deliveries._send = dies
        with pytest.raises(Killed):
            await first.settle()

    async with rig_on(dsn) as second:
        await second.settle()
        assert second.hooks.heard == []
        second.clock.pass_by(seconds=20)
        await second.settle()

        assert [event.type for event in second.hooks.events()] == ["payment_intent.created"]


async def test_endpoint_that_is_gone_is_given_up(dsn: str):
    async with rig_on(dsn) as first:
        await first.intent()
    async with rig_on(dsn, webhook_endpoints=()) as second:
        await second.settle()

        event = (await second.stripe.v1.events.list_async()).data[0]
        assert event.pending_webhooks == 0
        assert second.hooks.heard == []


async def test_events_are_found_by_type_and_read_back(rig: Rig):
    session = await rig.stripe.v1.checkout.sessions.create_async(session_params())
    await rig.stripe.v1.checkout.sessions.expire_async(session.id)
    await rig.intent()
    events = rig.stripe.v1.events

    one = await events.list_async({"type": "checkout.session.expired"})
    some = await events.list_async({"types": ["payment_intent.created", "charge.failed"]})

    assert [event.type for event in one.data] == ["checkout.session.expired"]
    assert [event.type for event in some.data] == ["payment_intent.created"]
    read = await events.retrieve_async(one.data[0].id)
    assert json.loads(str(read.data.object))["id"] == session.id
