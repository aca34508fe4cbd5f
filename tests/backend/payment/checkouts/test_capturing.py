"""Taking the money: once, whole, through every crash, and never what differs (E6, E7, E12)."""

import pytest

from backend.contracts.messages import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentFailed,
    PaymentReview,
)
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import (
    answers,
    killed_after,
    killed_before,
    lost_answer,
    lost_request,
)

pytestmark = pytest.mark.integration
DEAD = (killed_before, killed_after)


async def test_the_money_is_reserved_and_then_taken(rig: Rig):
    await rig.captured()

    intent = await rig.provider.only_intent()
    assert (intent.status, intent.amount_received) == ("succeeded", 5700)
    assert rig.heard.one(PaymentAuthorised).amount_minor == 5700
    assert rig.heard.one(PaymentCaptured).amount_minor == 5700
    assert await rig.states() == [
        "CREATED",
        "AT_PROVIDER",
        "AUTHORISED",
        "CAPTURING",
        "CAPTURED",
    ]
    versions = [message.attempt_version for message in rig.heard.messages]  # type: ignore[attr-defined]  # -- events
    assert versions == [2, 3, 5]


async def test_no_call_is_made_inside_a_transaction(rig: Rig):
    """Seen from the database, at the moment of each call to the provider."""
    open_ones: list[int] = []

    async def watch() -> None:
        rows = await rig.rows(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction'"
        )
        open_ones.append(rows[0]["n"])

    rig.provider.hooks.are_on = False
    rig.wire.watch = watch
    await rig.authorised()
    await rig.later()
    await rig.ask_capture()
    await rig.settle()
    await rig.ask_refund(1000)
    await rig.settle()
    await rig.service.app.state.reconciler.round()

    assert rig.heard.types() == ["opened", "authorised", "captured", "refunded"]
    assert len(open_ones) > 5
    assert set(open_ones) == {0}


async def test_the_ledger_has_each_movement_once(rig: Rig):
    await rig.captured()
    await rig.sync()
    await rig.sync()

    ledger = await rig.ledger()
    assert ledger["capture"] == 5700
    assert ledger["capture"] - ledger["fee"] == await rig.provider.balance()
    assert len(await rig.rows("SELECT 1 FROM ledger")) == 2


async def test_the_ledger_cannot_be_rewritten(rig: Rig):
    await rig.captured()

    for statement in ("UPDATE ledger SET amount_minor = 1", "DELETE FROM ledger"):
        with pytest.raises(Exception, match="append-only"):
            await rig.run(statement)


async def test_each_state_but_our_own_points_to_the_fetch_that_proved_it(rig: Rig):
    await rig.captured()

    rows = await rig.rows(
        "SELECT e.state, f.facts->>'state' AS fetched FROM attempt_event e"
        " LEFT JOIN provider_fetch f ON f.id = e.fetch_id ORDER BY e.version"
    )
    assert [(row["state"], row["fetched"]) for row in rows] == [
        ("CREATED", None),
        ("AT_PROVIDER", "AT_PROVIDER"),
        ("AUTHORISED", "AUTHORISED"),
        ("CAPTURING", None),
        ("CAPTURED", "CAPTURED"),
    ]


async def test_a_capture_of_another_amount_is_refused(rig: Rig):
    await rig.authorised()

    await rig.ask_capture(amount_minor=100)
    await rig.later()

    assert (await rig.attempt()).state == "AUTHORISED"
    (dead,) = await rig.rows("SELECT error FROM dead_letter")
    assert "capture 100 of 5700" in dead["error"]


@pytest.mark.parametrize("fault", [lost_request, lost_answer, answers(500), answers(429), *DEAD])
async def test_a_capture_survives_what_happens_to_its_call(rig: Rig, fault):
    await rig.authorised()
    await rig.ask_capture()
    rig.wire.next("/capture", fault)

    if fault in DEAD:
        await rig.dies()
    await rig.later()
    await rig.later()

    assert rig.heard.types() == ["opened", "authorised", "captured"]
    assert set(rig.wire.keys("/capture")) == {f"mm-test-{rig.order}-1-capture"}
    assert (await rig.ledger())["capture"] == 5700


async def test_a_stored_error_does_not_hide_that_the_money_was_taken(rig: Rig):
    """The answer is a 500 for ever, but the fetch after it shows the truth."""
    await rig.authorised()
    await rig.ask_capture()
    rig.wire.next("/capture", answers(500, has_effect=True))

    await rig.service.round()
    await rig.service.round()

    assert rig.heard.types()[-1] == "captured"


async def test_a_death_between_the_wish_and_the_call_loses_nothing(rig: Rig):
    await rig.authorised()
    await rig.ask_capture()

    await rig.restart()

    assert rig.heard.types() == ["opened", "authorised", "captured"]


async def test_a_step_does_not_postpone_a_wish_that_comes_meanwhile(rig: Rig):
    """A look fails just when the capture is asked for: its pause must not be the capture's."""
    await rig.authorised()

    async def asked_meanwhile(request, send):
        await rig.ask_capture()
        return await lost_answer(request, send)

    await rig.run("UPDATE attempt SET due_at = clock_timestamp()")
    session_id = (await rig.attempt()).session_id
    rig.wire.next(f"/v1/checkout/sessions/{session_id}", asked_meanwhile, method="GET")
    await rig.settle()

    assert rig.heard.types()[-1] == "captured"


async def test_a_look_that_was_overtaken_looks_again(rig: Rig):
    """It saw the decline; by the time it is applied, another look has seen the good card."""
    rig.provider.hooks.are_on = False
    opened = await rig.open()
    await rig.provider.press(opened.url, "decline")

    async def overtaken(_request, send):
        answer = await send()
        await answer.aread()
        await rig.provider.press(opened.url)
        await rig.sync()
        return answer

    session_id = (await rig.attempt()).session_id
    rig.wire.next(f"/v1/checkout/sessions/{session_id}", overtaken, method="GET")
    seen = await rig.sync()

    assert (seen.state, seen.failure) == ("AUTHORISED", None)


async def test_what_is_changed_at_the_provider_after_the_capture_is_no_review(rig: Rig):
    """Somebody edits the metadata of a taken payment: refunds are still learnt."""
    await rig.captured()
    await rig.run("UPDATE attempt SET request = jsonb_set(request, '{metadata,seats}', '\"9\"')")
    intent = await rig.provider.only_intent()

    await rig.provider.stripe.v1.refunds.create_async({"payment_intent": intent.id})
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "captured", "refunded"]


async def test_a_reservation_that_lapsed_before_the_capture_failed(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.authorised()
    await rig.later()
    await rig.provider.pass_by(days=8)

    await rig.ask_capture()
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "failed"]
    assert rig.heard.one(PaymentFailed).failure == "automatic"
    assert await rig.states() == ["CREATED", "AT_PROVIDER", "AUTHORISED", "CAPTURING", "FAILED"]


async def test_money_taken_by_somebody_else_counts(rig: Rig):
    """Captured in the dashboard before movies asked (E7)."""
    await rig.authorised()
    intent = await rig.provider.only_intent()

    await rig.provider.stripe.v1.payment_intents.capture_async(intent.id)
    await rig.settle()
    await rig.ask_capture()
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "captured"]


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("amount_minor", "5600", "amount"),
        ("currency", "'EUR'", "currency"),
        ("request", "jsonb_set(request, '{metadata,seats}', '\"1\"')", "metadata"),
    ],
)
async def test_figures_that_differ_are_for_a_person_and_never_told_as_paid(
    rig: Rig, column, value, what
):
    rig.provider.hooks.are_on = False
    opened = await rig.open()
    await rig.run(f"UPDATE attempt SET {column} = {value}")
    await rig.provider.press(opened.url)

    await rig.later()
    await rig.sync()
    await rig.later()

    assert rig.heard.types() == ["opened", "review"]
    assert rig.heard.one(PaymentReview).reason == f"the provider's {what} differs"
    assert (await rig.attempt()).state == "AT_PROVIDER"
    assert await rig.ledger() == {}


async def test_a_part_taken_in_the_dashboard_is_for_a_person(rig: Rig):
    await rig.authorised()
    intent = await rig.provider.only_intent()

    await rig.provider.stripe.v1.payment_intents.capture_async(
        intent.id, {"amount_to_capture": 100}
    )
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "review"]
    assert await rig.ledger() == {}


async def test_a_decline_leaves_the_page_open_for_another_card(rig: Rig):
    opened = await rig.open()

    await rig.provider.press(opened.url, "decline")
    await rig.settle()
    declined = await rig.sync()
    await rig.provider.press(opened.url, "success")
    await rig.settle()
    paid = await rig.sync()

    assert (declined.state, declined.failure) == ("AT_PROVIDER", "generic_decline")
    assert declined.url == opened.url
    assert (paid.state, paid.failure, paid.url) == ("AUTHORISED", None, None)
    assert rig.heard.types() == ["opened", "authorised"]


@pytest.mark.parametrize(
    ("approves", "heard"), [(True, ["opened", "authorised"]), (False, ["opened"])]
)
async def test_a_proof_of_the_bank_decides(rig: Rig, approves, heard):
    opened = await rig.open()

    await rig.provider.prove(opened.url, approves=approves)
    await rig.settle()

    assert rig.heard.types() == heard
