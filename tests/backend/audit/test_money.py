"""Damage to payments, refunds and the provider's side, and what the checker says about it."""

from datetime import timedelta

import pytest

from tests.backend.audit.planting import planted

pytestmark = pytest.mark.integration

ISSUED = "WHERE order_id = %(issued)s"
PLANTED = [
    planted(
        "an attempt goes back",
        "I7",
        f"payment: UPDATE attempt SET state = 'AUTHORISED' {ISSUED}",
        says="Attempt {issued}.1: it is AUTHORISED, and the provider shows complete and succeeded.",
    ),
    planted(
        "a session without an attempt",
        "I7",
        f"payment: DELETE FROM attempt {ISSUED}",
        says="Attempt {issued}.1: the provider has a session, and there are 0 attempts.",
    ),
    planted(
        "an attempt without a session",
        "I7",
        "simulator: DELETE FROM checkout_session"
        " WHERE body ->> 'client_reference_id' = %(issued)s || '.1'",
        says="Attempt {issued}.1: its session is not the provider's.",
    ),
    planted(
        "two sessions of an attempt",
        "I7",
        "simulator: INSERT INTO checkout_session (id, body, hidden) SELECT id || '2',"
        " body - 'payment_intent', hidden FROM checkout_session"
        " WHERE body ->> 'client_reference_id' = %(issued)s || '.1'",
        says="Attempt {issued}.1: the provider has 2 sessions.",
    ),
    planted(
        "open for too long",
        "I7",
        "payment: UPDATE attempt SET state = 'AT_PROVIDER', made_at = made_at - interval '1 hour'"
        " WHERE order_id = %(held)s",
        'simulator: UPDATE checkout_session SET body = body || \'{{"status": "open"}}\''
        " WHERE body ->> 'client_reference_id' = %(held)s || '.1'",
        says="Attempt {held}.1: it is AT_PROVIDER for 60 minutes.",
    ),
    planted(
        "less was taken than sold",
        "I8",
        f"payment: UPDATE attempt SET captured_minor = captured_minor - 1 {ISSUED}",
        says=(
            "Attempt 1 of order {issued} took 6699 RON; the provider says 6700 RON.",
            "Order {issued} is ISSUED for 6700 and holds 6699.",
        ),
    ),
    planted(
        "in another currency",
        "I8",
        f"payment: UPDATE attempt SET currency = 'EUR' {ISSUED}",
        says=(
            "Attempt 1 of order {issued} took 6700 EUR; the provider says 6700 RON.",
            "Order {issued} is ISSUED for 6700 and holds 6700.",
        ),
    ),
    planted(
        "a live payment in a test",
        "I8",
        "simulator: UPDATE payment_intent SET body = body || '{{\"livemode\": true}}'"
        " WHERE id = (SELECT payment_intent FROM checkout_session"
        " WHERE body ->> 'client_reference_id' = %(issued)s || '.1')",
        says="Attempt 1 of order {issued} took 6700 RON; the provider says 6700 RON.",
    ),
    planted(
        "a price of somebody else's",
        "I8",
        "movies: UPDATE order_line SET price_minor = 100, gross_minor = 250, tax_minor = 25"
        " WHERE order_id = %(held)s AND line_no = 1",
        says=(
            "Line 1 of order {held} costs 100, by its card 3200.",
            "The sums of order {held} are not those of its lines.",
        ),
    ),
    planted(
        "a version of another day",
        "I8",
        "movies: INSERT INTO price_card_version"
        " (price_card_id, version, rules, fee_minor, tax_rate_bp, made_at)"
        " SELECT price_card_id, 2, rules, fee_minor, tax_rate_bp,"
        " (SELECT placed_at - interval '1 min' FROM orders WHERE id = %(issued)s)"
        " FROM price_card_version",
        "movies: UPDATE orders SET price_version_id = 2 WHERE id <> %(issued)s",
        says="Order {issued} was priced by a version that its screening did not have then.",
    ),
    planted(
        "paid without a seat",
        "I9",
        "movies: DELETE FROM seat_claim WHERE order_id = %(issued)s AND seat_id = 3",
        says="Order {issued} has been paid, and 1 of its seats are not its own.",
    ),
    planted(
        "paid and expired",
        "I9",
        "movies: UPDATE orders SET state = 'EXPIRED' WHERE id = %(issued)s",
        says="Order {issued} has been paid, and it is EXPIRED.",
    ),
    planted(
        "paid and unknown",
        "I9",
        "movies: DELETE FROM orders WHERE id = %(issued)s",
        says="Order {issued} has been paid, and there is no such order.",
    ),
    planted(
        "charged twice",
        "I10",
        "payment: INSERT INTO attempt (order_id, attempt, state, currency, amount_minor, request,"
        " captured_minor, changed_at)"
        " SELECT order_id, 2, state, currency, amount_minor, request, 6700, changed_at"
        f" FROM attempt {ISSUED}",
        says="Order {issued} was charged 2 times, and nothing of it is on its way back.",
    ),
    planted(
        "more back than taken",
        "I10",
        "payment: UPDATE refund SET amount_minor = 9000 WHERE order_id = %(refunded)s",
        says=(
            "Attempt 1 of order {refunded} gave back 9000 of 6700.",
            "Refund {our_refund}: the order wants 6700, payment gives 9000.",
            "Refund {refund}: the provider gave 6700, here it is 9000.",
        ),
    ),
    planted(
        "a refund that the provider does not know",
        "I10",
        "simulator: DELETE FROM refund WHERE charge ="
        " (SELECT c.id FROM charge c JOIN checkout_session s USING (payment_intent)"
        " WHERE s.body ->> 'client_reference_id' = %(refunded)s || '.1')",
        says="Refund {refund}: it is here, and the provider does not know it.",
    ),
    planted(
        "a refund that only the provider knows",
        "I10",
        "payment: DELETE FROM refund WHERE order_id = %(refunded)s",
        says=(
            "Attempt 1 of order {refunded} gave back 0 of 6700.",
            "Refund {our_refund}: it is DONE for the order, and None at payment.",
            "Refund {refund}: the provider has it, and 0 rows here do.",
        ),
    ),
    planted(
        "a refund that nobody asked for",
        "I10",
        "movies: DELETE FROM order_refund WHERE order_id = %(refunded)s",
        says="Refund {our_refund}: payment gives it back, and no order asked for it.",
    ),
    planted(
        "believed without fetching",
        "I11",
        f"payment: UPDATE attempt_event SET fetch_id = NULL {ISSUED} AND state = 'CAPTURED'",
        says="Attempt 1 of order {issued} became CAPTURED without a fetch that shows it.",
    ),
    planted(
        "proven by another's fetch",
        "I11",
        "payment: UPDATE attempt_event SET fetch_id = (SELECT max(fetch_id) FROM attempt_event"
        " WHERE order_id = %(part)s AND state = 'CAPTURED')"
        f" {ISSUED} AND state = 'CAPTURED'",
        says="Attempt 1 of order {issued} leans on a fetch that is not its own.",
    ),
    planted(
        "back from an end",
        "I11",
        "payment: INSERT INTO attempt_event (order_id, attempt, version, state)"
        f" SELECT order_id, attempt, version + 1, 'CAPTURING' FROM attempt {ISSUED}",
        says="Attempt 1 of order {issued} went back from CAPTURED to CAPTURING.",
    ),
    planted(
        "a webhook that nobody sent",
        "I11",
        "payment: INSERT INTO webhook_event (id, type) VALUES ('evt_forged', 'charge.refunded')",
        says="Webhook evt_forged was accepted, and the provider never made it.",
    ),
    planted(
        "a webhook twice",
        "I11",
        "payment: ALTER TABLE webhook_event DROP CONSTRAINT webhook_event_pkey",
        "simulator: INSERT INTO event (id, body) VALUES"
        ' (\'evt_x\', \'{{"type": "x", "created": 1}}\')',
        "payment: INSERT INTO webhook_event (id, type) VALUES ('evt_x', 'x'), ('evt_x', 'x')",
        says="Webhook evt_x was accepted 2 times.",
    ),
    planted(
        "a capture that is not booked",
        "I29",
        "payment: DELETE FROM ledger WHERE order_id = %(issued)s AND kind = 'capture'",
        says=(
            "Attempt 1 of order {issued} and the ledger differ about its money.",
            "Payment {issued}.1: the ledger says -194 RON, the provider 6506 RON.",
        ),
    ),
    planted(
        "a capture that is booked twice",
        "I29",
        "payment: INSERT INTO ledger (kind, natural_key, order_id, attempt, currency, amount_minor)"
        " SELECT kind, natural_key || '2', order_id, attempt, currency, amount_minor FROM ledger"
        f" {ISSUED} AND kind = 'fee'",
        says="Payment {issued}.1: the ledger says 6312 RON, the provider 6506 RON.",
    ),
    planted(
        "a dispute that is not booked",
        "I29",
        "payment: DELETE FROM ledger WHERE kind = 'dispute'",
        says="Payment {disputed}.1: the ledger says -994 RON, the provider -7694 RON.",
    ),
    planted(
        "money of nobody",
        "I29",
        "simulator: INSERT INTO balance_transaction (id, body) VALUES ('txn_x', '{{\"source\":"
        ' "ch_stray", "type": "charge", "currency": "ron", "net": 5, "amount": 5, "fee": 0,'
        ' "created": 1, "available_on": 1}}\')',
        says="Payment ch_stray: the ledger says nothing, the provider 5 RON.",
    ),
]


@pytest.mark.parametrize("damage", PLANTED)
async def test_damage_is_found(damaged, damage):
    await damaged.finds(damage)


async def test_what_changed_just_now_is_counted_and_not_judged(damaged):
    await damaged.plant(
        ("payment", f"UPDATE attempt SET captured_minor = 1, changed_at = now() {ISSUED}")
    )

    verdict = await damaged.verdict("I8", settle_age=timedelta(hours=1))

    assert verdict.findings == ()
    assert verdict.too_young == 2


async def test_a_refund_on_its_way_is_no_missing_money(damaged):
    refund = (
        "INSERT INTO refund (id, order_id, attempt, amount_minor, state, origin, reason)"
        " VALUES (gen_random_uuid(), %(issued)s, 1, 2300, 'PENDING', 'us', 'a test')"
    )
    intent = (
        'UPDATE payment_intent SET body = body || \'{"amount": 9000, "amount_received": 9000}\''
        " WHERE id = (SELECT payment_intent FROM checkout_session"
        " WHERE body ->> 'client_reference_id' = %(issued)s || '.1')"
    )
    await damaged.plant(
        ("payment", f"UPDATE attempt SET captured_minor = 9000 {ISSUED}"),
        ("payment", refund),
        ("simulator", intent),
    )

    assert await damaged.found("I8") == []
