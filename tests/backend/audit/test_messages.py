"""Damage to messages, requests and what should have settled, and what the checker says."""

from uuid import UUID

import pytest

from tests.backend.audit.planting import planted

pytestmark = pytest.mark.integration

OF_ISSUED = "WHERE aggregate_id = %(issued)s AND type ="
PLANTED = [
    planted(
        "an answer of a lost order",
        "I12",
        "movies: DELETE FROM orders WHERE id = %(cancelled)s",
        says="{cancelled_owner} was told of order {cancelled}, which is not there or not theirs.",
    ),
    planted(
        "an order without its request",
        "I12",
        "movies: DELETE FROM idempotency WHERE route = 'POST /orders'"
        " AND convert_from(body, 'UTF8')::jsonb ->> 'id' = %(issued)s",
        says="Order {issued} was made by 0 requests.",
    ),
    planted(
        "a key without an answer",
        "I12",
        "payment: INSERT INTO idempotency (principal, route, key, request_hash)"
        " VALUES ('ana', 'POST /x', 'a-key-of-hers', '')",
        says="Key a-key-of-hers of ana for POST /x was taken, and no answer is kept with it.",
    ),
    planted(
        "a key twice",
        "I12",
        "payment: ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey",
        "payment: INSERT INTO idempotency (principal, route, key, request_hash, status, body)"
        " SELECT 'ana', 'POST /x', 'a-key-of-hers', '', 200, '' FROM generate_series(1, 2)",
        says="Key a-key-of-hers of ana for POST /x is kept 2 times.",
    ),
    planted(
        "a scan that is not written down",
        "I12",
        "ticket: DELETE FROM scan WHERE outcome = 'DUPLICATE'",
        says="door-1 sent 2 scans, and 1 were written down.",
    ),
    planted(
        "taken without effect",
        "I13",
        "movies: UPDATE order_line SET ticket_id = NULL WHERE order_id = %(issued)s",
        says="movies took tickets.issued.v1 of {issued}, and it had no effect.",
    ),
    planted(
        "a capture without effect",
        "I13",
        "payment: UPDATE attempt SET state = 'AUTHORISED' WHERE order_id = %(issued)s",
        says="payment took payment.capture_requested.v1 of {issued}, and it had no effect.",
    ),
    planted(
        "news without effect",
        "I13",
        "movies: UPDATE order_attempt SET seen_version = 1 WHERE order_id = %(held)s",
        says=(
            "movies took payment.closed.v1 of {held}, and it had no effect.",
            "movies took payment.opened.v1 of {held}, and it had no effect.",
        ),
    ),
    planted(
        "a refund without effect",
        "I13",
        "movies: UPDATE order_refund SET state = 'REVOKING' WHERE order_id = %(refunded)s",
        says=(
            "movies took payment.refunded.v1 of {refunded}, and it had no effect.",
            "movies took tickets.revoked.v1 of {refunded}, and it had no effect.",
        ),
    ),
    planted(
        "a revocation without effect",
        "I13",
        "ticket: DELETE FROM revoked_line WHERE order_id = %(part)s",
        says="ticket took ticket.revoke_requested.v1 of {part}, and it had no effect.",
    ),
    planted(
        "a mail that was not written",
        "I13",
        "ticket: DELETE FROM mail WHERE order_id = %(part)s AND kind = 'refunded'",
        says="ticket took order.refunded.v1 of {part}, and it had no effect.",
    ),
    planted(
        "acted without a message",
        "I13",
        f"movies: DELETE FROM outbox {OF_ISSUED} 'order.paid.v1'",
        says="ticket acted for {issued}, and movies never asked.",
    ),
    planted(
        "a message twice in an inbox",
        "I13",
        "ticket: ALTER TABLE inbox DROP CONSTRAINT inbox_pkey",
        "ticket: INSERT INTO inbox (consumer, message_id) SELECT consumer, message_id FROM inbox"
        " WHERE message_id = '{paid_message}'",
        says="Message {paid_message} is 2 times in the inbox of ticket.",
    ),
    planted(
        "two tickets of a line",
        "I13",
        "ticket: ALTER TABLE ticket DROP CONSTRAINT ticket_order_id_line_no_key",
        "ticket: INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object("
        "'id', gen_random_uuid(), 'seat', 60))).* FROM ticket t"
        " WHERE order_id = %(issued)s AND line_no = 2",
        says="Line 2 of order {issued} has 2 tickets.",
    ),
    planted(
        "two mails of a cause",
        "I13",
        "ticket: ALTER TABLE mail DROP CONSTRAINT mail_order_id_kind_cause_key",
        "ticket: INSERT INTO mail (order_id, kind, revision, cause, recipient, facts)"
        " SELECT order_id, kind, 9, cause, recipient, facts FROM mail"
        " WHERE order_id = %(issued)s AND kind = 'tickets'",
        says="Order {issued} is told the same tickets 2 times.",
    ),
    planted(
        "sent and never received",
        "I14",
        "ticket: DELETE FROM inbox WHERE message_id = '{paid_message}'",
        says="order.paid.v1 of {issued} was sent, and ticket has it not.",
    ),
    planted(
        "received and never sent",
        "I14",
        "ticket: INSERT INTO inbox (consumer, message_id)"
        " VALUES ('ticket', '00000000-0000-0000-0000-00000000aaaa')",
        says="ticket took message 00000000-0000-0000-0000-00000000aaaa, and nobody sent it.",
    ),
    planted(
        "a dead letter",
        "I14",
        "ticket: DELETE FROM inbox WHERE message_id = '{paid_message}'",
        "ticket: INSERT INTO dead_letter (consumer, message_id, envelope, error, tries)"
        " VALUES ('ticket', '{paid_message}', '{{}}', 'a test', 8)",
        says="ticket could not take a message about {issued}.",
    ),
    planted(
        "waiting for too long",
        "I14",
        f"movies: UPDATE outbox SET published_at = NULL, not_before = '2026-01-01' {OF_ISSUED}"
        " 'payment.capture_requested.v1'",
        says="payment.capture_requested.v1 of {issued} waits to be sent since"
        " 2026-01-01 00:00:00+00:00.",
    ),
    planted(
        "a message that nobody hears",
        "I14",
        f"movies: UPDATE outbox SET type = 'order.sung.v1' {OF_ISSUED}"
        " 'payment.capture_requested.v1'",
        "payment: DELETE FROM inbox WHERE message_id = '{capture_message}'",
        says="movies sent order.sung.v1, which nobody hears.",
    ),
    planted(
        "a gap in the log of an order",
        "I15",
        "movies: DELETE FROM order_event WHERE order_id = %(issued)s AND version = 2",
        says="The log of order {issued} has gaps or begins late.",
    ),
    planted(
        "a gap in the log of an attempt",
        "I15",
        "payment: DELETE FROM attempt_event WHERE order_id = %(issued)s AND version = 1",
        says="The log of attempt 1 of order {issued} has gaps or begins late.",
    ),
    planted(
        "a gap in the log of a ticket",
        "I15",
        "ticket: DELETE FROM ticket_event WHERE ticket_id = '{admitted}' AND version = 1",
        says="The log of ticket {admitted} has gaps or begins late.",
    ),
    planted(
        "older news after newer",
        "I15",
        "movies: UPDATE order_event SET facts = jsonb_set(facts, '{{attempt_version}}', '9')"
        " WHERE order_id = %(issued)s AND state = 'CONFIRMING'",
        says="Order {issued} heard version 5 of attempt 1 after 9.",
    ),
    planted(
        "news from the future",
        "I15",
        "movies: UPDATE order_attempt SET seen_version = 99 WHERE order_id = %(issued)s",
        says="movies knows version 99 of {issued}.1, and payment is at 5.",
    ),
    planted(
        "a message from the future",
        "I15",
        f"movies: UPDATE outbox SET version = 99 {OF_ISSUED} 'order.paid.v1'",
        says="order.paid.v1 speaks of version 99 of order {issued}, which has 6.",
    ),
    planted(
        "a hold that nobody ended",
        "I30",
        "movies: UPDATE orders SET expires_at = '2026-01-01' WHERE id = %(held)s",
        says="The hold of order {held} ran out at 2026-01-01 00:00:00+00:00 and is still kept.",
    ),
    planted(
        "a payment half done",
        "I30",
        "movies: UPDATE orders SET state = 'CONFIRMING', changed_at = '2026-01-01'"
        " WHERE id = %(issued)s",
        says="Order {issued} is CONFIRMING since 2026-01-01 00:00:00+00:00.",
    ),
    planted(
        "an attempt that nobody knows of",
        "I30",
        "payment: UPDATE attempt SET state = 'UNKNOWN', changed_at = '2026-01-01'"
        " WHERE order_id = %(issued)s",
        says="Attempt 1 of order {issued} is UNKNOWN since 2026-01-01 00:00:00+00:00.",
    ),
    planted(
        "a refund that nobody asked the provider for",
        "I30",
        "payment: UPDATE refund SET state = 'REQUESTED', requested_at = '2026-01-01'"
        " WHERE order_id = %(refunded)s",
        says="Refund {our_refund} of order {refunded} waits for the provider since"
        " 2026-01-01 00:00:00+00:00.",
    ),
    *(
        planted(
            f"a difference of {service}",
            "I30",
            f"{service}: INSERT INTO recon_diff (kind, subject, facts, found_at)"
            " VALUES ('money', 'x', '{{}}', '2026-01-01')",
            says=f"{service.capitalize()} differs about money x since 2026-01-01 00:00:00+00:00.",
        )
        for service in ("movies", "payment")
    ),
]


@pytest.mark.parametrize("damage", PLANTED)
async def test_damage_is_found(damaged, damage):
    await damaged.finds(damage)


async def test_poison_of_a_test_must_be_dead_and_nothing_else(damaged):
    message = UUID(str((await damaged.facts())["paid_message"]))

    assert await damaged.found("I14", poison=frozenset({message})) == [
        f"Poison {message} was taken."
    ]
    dead = (
        "INSERT INTO dead_letter (consumer, message_id, envelope, error, tries)"
        f" VALUES ('ticket', '{message}', '{{}}', 'a test', 1)"
    )
    await damaged.plant(
        ("ticket", f"DELETE FROM inbox WHERE message_id = '{message}'"), ("ticket", dead)
    )
    assert await damaged.found("I14", poison=frozenset({message})) == []


async def test_what_a_person_looks_at_already_is_no_difference(damaged):
    attempts = (
        "INSERT INTO recon_diff (kind, subject, facts) VALUES ('attempt', %(held)s || '.1', '{}')"
    )
    await damaged.plant(
        ("movies", "UPDATE orders SET state = 'REVIEW' WHERE id = %(held)s"),
        ("movies", "INSERT INTO recon_diff (kind, subject, facts) VALUES ('x', %(held)s, '{}')"),
        ("payment", "UPDATE attempt SET review = 'amount' WHERE order_id = %(held)s"),
        ("payment", attempts),
    )

    assert await damaged.found("I30") == []
