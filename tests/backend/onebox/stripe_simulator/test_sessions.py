"""Checkout Sessions over the SDK: what they hold, and the facts about them that shops trip over."""

from typing import Any

import pytest
import stripe

from tests.backend.onebox.stripe_simulator.rig import ADDRESS, Rig, line

pytestmark = pytest.mark.integration


async def test_session_has_no_intent_before_the_buyer_confirms(rig: Rig):
    session = await rig.session()

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert session.amount_total == 5000
    assert session.url == f"{ADDRESS}/c/pay/{session.id}"
    assert (await rig.stripe.v1.payment_intents.list_async()).data == []


async def test_session_keeps_what_it_was_given(rig: Rig):
    session = await rig.session(locale="ro", submit_type="book")

    assert session.client_reference_id == "order.1"
    assert session.customer_email == "ana@example.com"
    assert session.metadata.to_dict() == {"order": "order", "attempt": "1"}
    assert (session.locale, session.submit_type) == ("ro", "book")
    found = await rig.stripe.v1.checkout.sessions.line_items.list_async(session.id)
    assert [(each.description, each.quantity, each.amount_total) for each in found.data] == [
        ("Nosferatu, A1 & A2", 2, 5000)
    ]


async def test_paid_session_is_complete_and_expands_to_its_charge(rig: Rig):
    session = await rig.paid_session()

    assert (session.status, session.payment_status, session.url) == ("complete", "unpaid", None)
    intent = session.payment_intent
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 5000)
    assert intent.metadata.to_dict() == {"order": "order"}
    assert (intent.latest_charge.captured, intent.latest_charge.paid) == (False, True)
    assert session.customer_details.email == "ana@example.com"


async def test_capture_makes_the_session_paid(rig: Rig):
    session = await rig.paid_session()

    intent = await rig.stripe.v1.payment_intents.capture_async(session.payment_intent.id)

    assert (intent.status, intent.amount_received) == ("succeeded", 5000)
    assert (await rig.fetch(session)).payment_status == "paid"


async def test_automatic_capture_takes_the_money_at_once(rig: Rig):
    session = await rig.paid_session(payment_intent_data={})

    assert (session.payment_intent.status, session.payment_status) == ("succeeded", "paid")


async def test_expire_ends_an_open_session_only(rig: Rig):
    session = await rig.session()

    ended = await rig.stripe.v1.checkout.sessions.expire_async(session.id)

    assert (ended.status, ended.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of expired"):
        await rig.stripe.v1.checkout.sessions.expire_async(session.id)
    paid = await rig.paid_session()
    with pytest.raises(stripe.InvalidRequestError, match="has a status of complete"):
        await rig.stripe.v1.checkout.sessions.expire_async(paid.id)


async def test_expire_cancels_the_intent_that_a_decline_left(rig: Rig):
    session = await rig.paid_session("decline")

    await rig.stripe.v1.checkout.sessions.expire_async(session.id)

    found = await rig.fetch(session)
    assert (found.payment_intent.status, found.payment_intent.cancellation_reason) == (
        "canceled",
        "expired",
    )


async def test_session_expires_by_itself(rig: Rig):
    now = int(rig.clock().timestamp())
    session = await rig.session(expires_at=now + 35 * 60)

    rig.clock.pass_by(minutes=34)
    await rig.settle()
    assert (await rig.fetch(session)).status == "open"
    rig.clock.pass_by(minutes=1)
    await rig.settle()

    assert (await rig.fetch(session)).status == "expired"
    assert await rig.events() == ["checkout.session.expired"]


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
async def test_session_must_last_half_an_hour_to_a_day(rig: Rig, minutes: int):
    ends = int(rig.clock().timestamp()) + minutes * 60

    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.session(expires_at=ends)

    assert refused.value.param == "expires_at"


async def test_intent_of_a_session_is_cancelled_only_when_it_can_be_captured(rig: Rig):
    declined = await rig.paid_session("decline")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.payment_intents.cancel_async(declined.payment_intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"

    held = await rig.paid_session()
    intent = await rig.stripe.v1.payment_intents.cancel_async(held.payment_intent.id)

    assert (intent.status, intent.amount_capturable) == ("canceled", 0)


async def test_intent_of_a_session_cannot_be_confirmed_by_the_shop(rig: Rig):
    declined = await rig.paid_session("decline")

    with pytest.raises(stripe.InvalidRequestError, match="created by a Checkout Session"):
        await rig.stripe.v1.payment_intents.confirm_async(
            declined.payment_intent.id, {"payment_method": "pm_card_visa"}
        )


async def test_sessions_are_listed_by_time_not_by_metadata(rig: Rig):
    early = await rig.session(client_reference_id="early.1")
    rig.clock.pass_by(minutes=10)
    late = await rig.session(client_reference_id="late.1")

    since: Any = {"created": {"gte": late.created}}
    found = await rig.stripe.v1.checkout.sessions.list_async(since)

    assert [each.client_reference_id for each in found.data] == ["late.1"]
    every = await rig.stripe.v1.checkout.sessions.list_async()
    assert [each.id for each in every.data] == [late.id, early.id]
    by_metadata: Any = {"metadata": {"order": "order"}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.checkout.sessions.list_async(by_metadata)
    assert refused.value.code == "parameter_unknown"


async def test_list_turns_pages_both_ways(rig: Rig):
    made = [(await rig.session()).id for _ in range(5)][::-1]
    sessions = rig.stripe.v1.checkout.sessions

    first = await sessions.list_async({"limit": 2})
    second = await sessions.list_async({"limit": 2, "starting_after": first.data[-1].id})
    back = await sessions.list_async({"limit": 2, "ending_before": second.data[0].id})

    assert [each.id for each in first.data] == made[:2]
    assert [each.id for each in second.data] == made[2:4]
    assert [each.id for each in back.data] == made[:2]
    assert (first.has_more, back.has_more) == (True, False)
    assert [each.id async for each in first.auto_paging_iter()] == made


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"line_items": [line(199)]}, "line_items", "amount_too_small"),
        ({"line_items": [line(100_000_000)]}, "line_items", "amount_too_large"),
        ({"line_items": [line(500, "xyz")]}, "line_items[0][price_data][currency]", None),
        ({"line_items": [line(500), line(500, "eur")]}, "line_items", None),
        ({"customer_email": "ana"}, "customer_email", "email_invalid"),
        ({"success_url": "done"}, "success_url", "url_invalid"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "url_invalid"),
        ({"mode": "subscription"}, "mode", None),
        ({"price": 5}, "price", "parameter_unknown"),
        ({"discounts": [{"coupon": "x"}]}, "discounts", "parameter_unknown"),
        ({"metadata": {"x" * 41: "y"}}, f"metadata[{'x' * 41}]", None),
    ],
)
async def test_session_refuses(rig: Rig, changes, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.session(**changes)

    assert (refused.value.param, refused.value.code) == (param, code)
    assert (await rig.stripe.v1.checkout.sessions.list_async()).data == []
