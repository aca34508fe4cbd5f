"""Webhooks: who may send them, and that every order of them ends alike (E11 to E23)."""

import json
import random
from uuid import uuid4

import pytest

from tests.backend.payment.lives import OLD_SECRET
from tests.backend.payment.provider import signed
from tests.backend.payment.rig import Rig

pytestmark = pytest.mark.integration
HOOK = "/webhooks/stripe"
SOLD = ["opened", "authorised", "captured"]


def event(kind: str = "checkout.session.completed", **thing: object) -> bytes:
    return json.dumps(
        {"id": f"evt_{uuid4().hex}", "type": kind, "data": {"object": thing}}
    ).encode()


async def stored(rig: Rig) -> int:
    (row,) = await rig.rows("SELECT count(*) AS n FROM webhook_event")
    return int(row["n"])


async def figure(rig: Rig, outcome: str) -> float:
    line = f'mm_payment_webhooks_total{{outcome="{outcome}"}} '
    text = (await rig.service.http.get("/metrics")).text
    (value,) = [each.removeprefix(line) for each in text.splitlines() if each.startswith(line)]
    return float(value)


async def test_a_sale_is_heard_through_webhooks_alone(rig: Rig):
    """No poll, no return: what moves the attempt is what the provider posts."""
    await rig.captured()

    assert rig.heard.types() == SOLD
    waiting = await rig.rows("SELECT type FROM webhook_event WHERE handled_at IS NULL")
    assert waiting == []


async def test_without_any_webhook_the_poll_ends_alike(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.authorised()
    await rig.later()
    await rig.ask_capture()
    await rig.settle()

    assert rig.heard.types() == SOLD
    assert await stored(rig) == 0


async def test_the_return_page_looks_too(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.authorised()

    assert (await rig.sync()).state == "AUTHORISED"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_three_times_and_shuffled_ends_like_once_and_in_order(rig: Rig, seed):
    rig.provider.hooks.are_on = False
    await rig.authorised()
    await rig.later()
    await rig.ask_capture()
    await rig.settle()
    every = list(rig.provider.hooks.kept)
    clean = (await rig.attempt(), await rig.ledger(), rig.heard.types())

    late = every * 3
    random.Random(seed).shuffle(late)
    for payload in late:
        assert await rig.post(payload) == 200
        await rig.settle()

    assert (await rig.attempt(), await rig.ledger(), rig.heard.types()) == clean
    assert await stored(rig) == len(every)


async def test_events_that_come_together_are_one_look(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.authorised()
    session_id = (await rig.attempt()).session_id
    for payload in rig.provider.hooks.kept:
        await rig.post(payload)
    rig.wire.calls.clear()

    await rig.settle()

    looks = [path for method, path, _ in rig.wire.calls if method == "GET"]
    assert len(rig.provider.hooks.kept) > 2
    assert looks == [f"/v1/checkout/sessions/{session_id}"]


async def test_an_old_failure_after_success_changes_nothing(rig: Rig):
    """E11: the event says failed, the fetch says paid."""
    opened = await rig.open()
    await rig.provider.press(opened.url, "decline")
    failed = [body for body in rig.provider.hooks.kept if b"payment_failed" in body]
    await rig.provider.press(opened.url)
    await rig.settle()

    for payload in failed:
        await rig.post(payload.replace(b"evt_", b"evt_again_"))
    await rig.settle()

    assert (await rig.attempt()).state == "AUTHORISED"


@pytest.mark.parametrize("secret", [None, OLD_SECRET])
async def test_both_secrets_of_a_rotation_are_good(rig: Rig, secret):
    how = {} if secret is None else {"secret": secret}

    assert await rig.post(event(object="checkout.session", id="cs_other"), **how) == 200
    assert await stored(rig) == 1


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_of_somebody_else"}, {"age_s": 301}, {"age_s": 10**9}]
)
async def test_what_the_provider_did_not_just_sign_is_refused_and_counted(rig: Rig, how):
    payload = event(object="checkout.session", id="cs_1")

    assert await rig.post(payload, **how) == 400
    assert await stored(rig) == 0
    assert await figure(rig, "refused") == 1


async def test_a_changed_body_is_refused(rig: Rig):
    payload = event(object="checkout.session", id="cs_1", amount_total=5700)
    changed = payload.replace(b"5700", b"0001")

    answer = await rig.service.http.post(HOOK, content=changed, headers=signed(payload))

    assert (answer.status_code, answer.json()["error"]) == (400, "WebhookRefused")


@pytest.mark.parametrize("header", [{}, {"stripe-signature": "nonsense"}])
async def test_no_signature_is_refused(rig: Rig, header):
    answer = await rig.service.http.post(HOOK, content=event(), headers=header)

    assert answer.status_code == 400


@pytest.mark.parametrize("payload", [b"[]", b"{}", b"not json", b'{"id": 7}', b"\xff\xfe"])
async def test_what_is_no_event_is_refused_without_a_trace(rig: Rig, payload):
    assert await rig.post(payload) == 400
    assert await stored(rig) == 0


async def test_the_same_event_again_is_answered_and_does_nothing(rig: Rig):
    payload = event(object="checkout.session", id="cs_other")

    assert [await rig.post(payload) for _ in range(3)] == [200, 200, 200]
    assert await stored(rig) == 1
    assert (await figure(rig, "stored"), await figure(rig, "repeated")) == (1, 2)


@pytest.mark.parametrize("thing", [{}, {"object": "payout", "id": "po_1"}, {"payment_intent": 7}])
async def test_what_concerns_no_payment_is_taken_and_done(rig: Rig, thing):
    """E23: nothing that is signed is ever refused, it would come again for three days."""
    assert await rig.post(event("payout.paid", **thing)) == 200
    await rig.settle()

    assert await rig.rows("SELECT 1 FROM webhook_event WHERE handled_at IS NULL") == []


async def test_an_event_of_an_unknown_session_is_kept_and_tried_ever_later(rig: Rig):
    await rig.post(event(object="checkout.session", id="cs_other"))

    pauses = []
    for _ in range(10):
        await rig.run("UPDATE webhook_event SET due_at = clock_timestamp()")
        await rig.settle()
        (row,) = await rig.rows(
            "SELECT round(extract(epoch FROM due_at - clock_timestamp()) / 60)::int AS minutes,"
            " handled_at FROM webhook_event"
        )
        pauses.append(row["minutes"])

    assert pauses == [1, 3, 9, 27, 81, 243, 729, 1440, 1440, None]
    assert row["handled_at"] is None


async def test_a_parked_event_is_tried_with_the_new_attempt(rig: Rig):
    """The provider is quicker than our row: the event waits for it, not the row for a minute."""
    reference = f"{rig.order}.1"
    await rig.post(event(object="checkout.session", id="cs_early", client_reference_id=reference))
    await rig.settle()
    parked = await rig.rows("SELECT 1 FROM webhook_event WHERE due_at > clock_timestamp()")

    await rig.open()
    await rig.settle()

    assert len(parked) == 1
    assert await rig.rows("SELECT 1 FROM webhook_event WHERE handled_at IS NULL") == []


@pytest.mark.parametrize(
    "thing",
    [
        {"object": "payment_intent", "id": "pi_new"},
        {"object": "charge", "id": "ch_new", "payment_intent": "pi_new"},
    ],
)
async def test_an_intent_that_we_never_saw_leads_to_its_attempt(rig: Rig, thing):
    """A session has no intent before the buyer confirms: its metadata name the attempt."""
    rig.provider.hooks.are_on = False
    await rig.authorised()

    metadata = {"order": str(rig.order), "attempt": "1"}
    await rig.post(event("payment_intent.amount_capturable_updated", **thing, metadata=metadata))
    await rig.settle()

    assert (await rig.attempt()).state == "AUTHORISED"


@pytest.mark.parametrize("metadata", [{"order": "no uuid", "attempt": "1"}, {"attempt": "x"}])
async def test_a_hint_that_leads_nowhere_is_parked(rig: Rig, metadata):
    await rig.post(event(object="payment_intent", id="pi_1", metadata=metadata))
    await rig.settle()

    (row,) = await rig.rows("SELECT handled_at FROM webhook_event")
    assert row["handled_at"] is None


async def test_an_event_waits_while_the_provider_does_not_answer(rig: Rig):
    await rig.authorised()
    rig.wire.is_cut = True
    metadata = {"order": str(rig.order), "attempt": "1"}
    await rig.post(event(object="payment_intent", id="pi_1", metadata=metadata))
    await rig.settle()
    waiting = await rig.rows("SELECT 1 FROM webhook_event WHERE handled_at IS NULL")

    rig.wire.is_cut = False
    await rig.later()

    assert len(waiting) == 1
    assert await rig.rows("SELECT 1 FROM webhook_event WHERE handled_at IS NULL") == []


async def test_an_event_that_was_stored_survives_a_death(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.authorised()
    for payload in rig.provider.hooks.kept:
        await rig.post(payload)

    await rig.restart()

    assert (await rig.attempt()).state == "AUTHORISED"
