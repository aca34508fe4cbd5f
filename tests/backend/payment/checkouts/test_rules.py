"""What a fetched session means: states, figures that differ, and the way that has no return."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.payments import AttemptState as S
from backend.payment.checkouts import rules
from backend.payment.checkouts.rules import ENDED, RANK, Facts, Step
from tests.backend.payment.checkouts.sessions import WANTED, intent, session

STATES = st.sampled_from(S)
FETCHED = st.sampled_from([S.AT_PROVIDER, S.AUTHORISED, S.CAPTURED, S.CANCELED, S.FAILED])


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (session(), S.AT_PROVIDER),
        (session(intent("requires_payment_method")), S.AT_PROVIDER),
        (session(intent("requires_action")), S.AT_PROVIDER),
        (session(intent("processing")), S.AT_PROVIDER),
        (session(intent("requires_capture"), "complete"), S.AUTHORISED),
        (session(intent("succeeded"), "complete"), S.CAPTURED),
        (session(intent("canceled", cancellation_reason="abandoned"), "complete"), S.CANCELED),
        (session(intent("canceled", cancellation_reason="automatic"), "complete"), S.FAILED),
        (session(status="expired"), S.CANCELED),
        (session(intent("requires_payment_method"), "expired"), S.CANCELED),
        # A list shows the intent's name alone: only that it is there, not how it stands.
        (session("pi_1", "complete"), S.AT_PROVIDER),
    ],
)
def test_state_is_read_from_the_intent_and_else_from_the_session(shown, state):
    assert rules.read(shown, WANTED).state is state


def test_a_captured_session_is_read_whole():
    charge = {"id": "ch_1", "disputed": True, "balance_transaction": {"fee": 171}}

    facts = rules.read(session(intent("succeeded", latest_charge=charge), "complete"), WANTED)

    assert facts == Facts(
        state=S.CAPTURED,
        session_id="cs_1",
        intent_id="pi_1",
        charge_id="ch_1",
        captured_minor=5700,
        provider_fee_minor=171,
        is_disputed=True,
    )


def test_a_decline_leaves_the_page_open_and_says_why():
    error = {"code": "card_declined", "decline_code": "insufficient_funds"}

    facts = rules.read(session(intent("requires_payment_method", last_payment_error=error)), WANTED)

    assert (facts.state, facts.failure) == (S.AT_PROVIDER, "insufficient_funds")


@pytest.mark.parametrize(
    ("shown", "differs"),
    [
        (session(client_reference_id="o.2"), "reference"),
        (session(amount_total=5701), "amount"),
        (session(currency="eur"), "currency"),
        (session(livemode=True), "livemode"),
        (session(metadata={"order": "o", "attempt": "1"}), "metadata"),
        (session(intent("requires_capture", amount=5699)), "intent's amount"),
        (session(intent("requires_capture", currency="eur")), "intent's currency"),
        (session(intent("requires_capture", livemode=True)), "intent's livemode"),
        (session(intent("requires_capture", metadata={})), "intent's metadata"),
        (session(intent("succeeded", amount_received=100)), "captured amount"),
    ],
)
def test_every_figure_that_differs_is_named(shown, differs):
    assert rules.read(shown, WANTED).differs == differs


def test_what_others_note_beside_our_metadata_is_no_difference():
    noted = session(metadata={**WANTED.metadata, "desk": "called the buyer"})

    assert rules.read(noted, WANTED).differs is None


@given(STATES, FETCHED, st.booleans())
def test_rank_never_falls_and_an_end_stays(now, fetched, is_voided):
    after = rules.advanced(now, fetched, is_voided=is_voided)

    assert RANK[after] >= RANK[now]
    if now in ENDED:
        assert after is now


@given(st.lists(st.tuples(FETCHED, st.booleans()), max_size=12))
def test_no_order_of_fetches_leaves_an_end(fetches):
    seen = [S.CREATED]
    for fetched, is_voided in fetches:
        seen.append(rules.advanced(seen[-1], fetched, is_voided=is_voided))

    assert sorted(seen, key=RANK.__getitem__) == seen
    assert len(set(seen) & ENDED) <= 1


@pytest.mark.parametrize("now", [S.AUTHORISED, S.CAPTURING])
@pytest.mark.parametrize(("is_voided", "after"), [(True, S.CANCELED), (False, S.FAILED)])
def test_a_reservation_that_ends_without_us_failed(now, is_voided, after):
    assert rules.advanced(now, S.CANCELED, is_voided=is_voided) is after


@pytest.mark.parametrize(
    ("state", "wants_close", "step"),
    [
        (S.AT_PROVIDER, None, Step.LOOK),
        (S.AT_PROVIDER, "buyer", Step.EXPIRE),
        (S.AT_PROVIDER, "deadline", Step.EXPIRE),
        (S.AT_PROVIDER, "void", Step.EXPIRE),
        # Who has paid has paid; only an order that waits no more lets the money go.
        (S.AUTHORISED, "buyer", Step.LOOK),
        (S.AUTHORISED, "deadline", Step.LOOK),
        (S.AUTHORISED, "void", Step.VOID),
        (S.AUTHORISED, None, Step.LOOK),
        (S.CAPTURING, None, Step.CAPTURE),
        (S.CAPTURING, "buyer", Step.CAPTURE),
    ],
)
def test_next_step(state, wants_close, step):
    assert rules.next_step(state, wants_close) is step


@given(st.sampled_from(sorted(ENDED)), st.sampled_from([None, "buyer", "deadline", "void"]))
def test_an_ended_attempt_needs_nothing(state, wants_close):
    assert rules.next_step(state, wants_close) is Step.LOOK
