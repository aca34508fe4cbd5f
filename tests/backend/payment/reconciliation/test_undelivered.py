"""(d) What the provider could not deliver is fetched, and is then as if it had come."""

import pytest

from tests.backend.payment.reconciliation.rounds import age, differences, figure, reconcile
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import lost_request

pytestmark = pytest.mark.integration


async def lost_sale(rig: Rig) -> None:
    """Let a buyer pay while every webhook is lost."""
    await rig.provider.fault(webhooks={"lost": 1.0})
    opened = await rig.open()
    await rig.provider.press(opened.url)
    await rig.provider.settle()
    await rig.run("UPDATE attempt SET due_at = NULL")


async def events(rig: Rig) -> list[str]:
    rows = await rig.rows("SELECT type FROM webhook_event ORDER BY type")
    return [row["type"] for row in rows]


async def test_lost_events_are_fetched_and_acted_on(rig: Rig):
    await lost_sale(rig)
    before = await events(rig)

    await reconcile(rig)

    assert before == []
    assert await events(rig) == [
        "charge.succeeded",
        "checkout.session.completed",
        "payment_intent.amount_capturable_updated",
        "payment_intent.created",
    ]
    assert (await rig.attempt()).state == "AUTHORISED"
    assert await figure(rig, 'mm_payment_webhooks_total{outcome="fetched"} ') == 4


async def test_fetching_again_is_fetching_once(rig: Rig):
    await lost_sale(rig)
    await reconcile(rig)
    heard = rig.heard.types()

    await reconcile(rig)

    assert len(await events(rig)) == 4
    assert rig.heard.types() == heard
    assert await figure(rig, 'mm_payment_webhooks_total{outcome="fetched"} ') == 4


async def test_lost_dispute_is_learnt_and_booked(rig: Rig):
    await rig.captured()
    await rig.provider.fault(webhooks={"lost": 1.0})
    await rig.provider.act("dispute", intent=(await rig.provider.only_intent()).id)
    await rig.provider.settle()

    await reconcile(rig)

    assert (await rig.attempt()).is_disputed is True
    assert (await rig.ledger())["dispute"] == 5700
    assert await differences(rig) == {}


async def test_what_was_delivered_is_not_fetched(rig: Rig):
    await rig.captured()
    await age(rig, 5)

    await reconcile(rig)

    assert 'outcome="fetched"' not in (await rig.service.http.get("/metrics")).text


async def test_list_of_events_that_does_not_answer_is_asked_again(rig: Rig):
    await lost_sale(rig)
    rig.wire.next("/v1/events", lost_request, method="GET")

    first = await reconcile(rig)
    again = await reconcile(rig)

    assert (first, again) == (False, True)
    assert len(await events(rig)) == 4
