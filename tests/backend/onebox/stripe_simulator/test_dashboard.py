"""What happens in the provider's dashboard, and forged events, by one call."""

from collections.abc import AsyncIterator

import pytest
import stripe

from tests.backend.onebox.stripe_simulator.rig import Rig, rig_on

pytestmark = pytest.mark.integration


@pytest.fixture
async def faulty(dsn: str) -> AsyncIterator[Rig]:
    async with rig_on(dsn, allows_faults=True) as made:
        yield made


async def act(rig: Rig, action: str, **facts: object) -> dict[str, object]:
    answer = await rig.web.post("/_dashboard", json={"action": action, **facts})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_refund_of_all_that_is_left(faulty: Rig):
    intent = await faulty.intent("pm_card_visa")
    await act(faulty, "refund", intent=intent.id, amount=2000)
    await act(faulty, "refund", intent=intent.id)

    found = await faulty.stripe.v1.refunds.list_async({"payment_intent": intent.id})

    assert [(one.amount, one.status) for one in found.data] == [
        (3000, "succeeded"),
        (2000, "succeeded"),
    ]


async def test_refund_of_more_than_is_left_is_refused(faulty: Rig):
    intent = await faulty.intent("pm_card_visa")

    answer = await faulty.web.post(
        "/_dashboard", json={"action": "refund", "intent": intent.id, "amount": 5001}
    )

    assert answer.status_code == 400
    assert (await faulty.stripe.v1.refunds.list_async()).data == []


async def test_refund_that_fails_later_gives_the_money_back_to_the_balance(faulty: Rig):
    intent = await faulty.intent("pm_card_visa")
    refund = await act(faulty, "refund", intent=intent.id, outcome="fails_later")
    before = await faulty.stripe.v1.refunds.retrieve_async(refund["id"])

    faulty.clock.pass_by(minutes=1)
    await faulty.settle()

    after = await faulty.stripe.v1.refunds.retrieve_async(refund["id"])
    assert (before.status, after.status) == ("succeeded", "failed")
    moved = await faulty.stripe.v1.balance_transactions.list_async()
    assert sorted(one.amount for one in moved.data) == [-5000, 5000, 5000]


async def test_refund_that_was_done_fails_when_told(faulty: Rig):
    intent = await faulty.intent("pm_card_visa")
    refund = await faulty.stripe.v1.refunds.create_async({"payment_intent": intent.id})

    found = await act(faulty, "fail_refund", refund=refund.id)

    assert found["status"] == "failed"
    assert "refund.failed" in await faulty.events()


async def test_dispute_takes_the_money_with_a_fee(faulty: Rig):
    intent = await faulty.intent("pm_card_visa")

    found = await act(faulty, "dispute", intent=intent.id)

    assert found["disputed"] is True
    moved = await faulty.stripe.v1.balance_transactions.list_async({"type": "adjustment"})
    assert [(one.amount, one.fee) for one in moved.data] == [(-5000, 7500)]


async def test_capture_by_the_account_itself(faulty: Rig):
    session = await faulty.paid_session()

    await act(faulty, "capture", intent=session.payment_intent.id)

    found = await faulty.fetch(session)
    assert (found.payment_status, found.payment_intent.amount_received) == ("paid", 5000)


async def test_dispute_of_what_was_not_taken_is_refused(faulty: Rig):
    session = await faulty.paid_session()

    answer = await faulty.web.post(
        "/_dashboard", json={"action": "dispute", "intent": session.payment_intent.id}
    )

    assert answer.status_code == 400
    assert (await faulty.stripe.v1.disputes.list_async()).data == []


async def test_session_can_be_made_other_than_it_was_asked_for(faulty: Rig):
    session = await faulty.paid_session()

    await act(faulty, "alter", session=session.id, amount=100, livemode=True)

    found = await faulty.fetch(session)
    assert (found.amount_total, found.livemode) == (100, True)
    assert (found.payment_intent.amount, found.payment_intent.livemode) == (100, True)


async def test_event_that_never_happened_is_signed_and_posted(faulty: Rig):
    thing = {"id": "cs_test_1", "object": "checkout.session", "client_reference_id": "o.1"}

    told = await act(
        faulty, "event", type="checkout.session.completed", object=thing, livemode=True
    )

    (event,) = faulty.hooks.events()
    assert (event.id, event.livemode) == (told["event"], True)
    assert event.data.object.client_reference_id == "o.1"
    assert (await faulty.stripe.v1.events.list_async()).data == []


async def test_event_that_comes_before_what_it_tells_of_is_the_providers_own(faulty: Rig):
    thing = {"id": "cs_test_1", "object": "checkout.session"}

    told = await act(faulty, "event", type="checkout.session.expired", object=thing, is_made=True)

    found = await faulty.stripe.v1.events.list_async({"delivery_success": True})
    assert [event.id for event in found.data] == [told["event"]]


async def test_event_can_be_signed_with_another_secret(faulty: Rig):
    await faulty.intent()
    made = (await faulty.stripe.v1.events.list_async()).data[0]

    await act(faulty, "event", event=made.id, secret="whsec_other")

    with pytest.raises(stripe.SignatureVerificationError):
        faulty.hooks.events()


async def test_event_can_be_signed_long_ago(faulty: Rig):
    await faulty.intent()
    made = (await faulty.stripe.v1.events.list_async()).data[0]

    await act(faulty, "event", event=made.id, age_s=301)

    (again,) = faulty.hooks.events()
    signed_at = faulty.hooks.heard[0].headers["stripe-signature"].partition(",")[0]
    assert again.id == made.id
    assert signed_at == f"t={int(faulty.clock.at.timestamp()) - 301}"


@pytest.mark.parametrize(
    "body",
    [
        {"action": "pay", "intent": "pi_1"},
        {"action": "refund"},
        {"action": "refund", "intent": "pi_1", "amount": -5},
        {"action": "event", "type": "refund.created"},
        {"action": "event", "event": "evt_1", "object": {}},
    ],
)
async def test_action_that_is_not_understood_is_refused(faulty: Rig, body):
    answer = await faulty.web.post("/_dashboard", json=body)

    assert answer.status_code == 422
