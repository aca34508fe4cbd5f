"""Refunds: never more than was taken, each one once at the provider, and each one wanted."""

from datetime import UTC, datetime
from typing import LiteralString

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.merging import Pair, merged
from backend.audit.sources import Row

_ASK = "Compare with the provider's dashboard; what is missing is refunded or booked by hand."
_SHOWN = {
    "pending": "PENDING",
    "requires_action": "PENDING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "canceled": "FAILED",
}
_OURS: LiteralString = """
    SELECT r.provider_id, r.id, r.amount_minor, r.state, r.requested_at, a.changed_at,
           CASE WHEN a.is_stray THEN a.request ->> 'client_reference_id'
                ELSE r.order_id::text || '.' || r.attempt END AS reference
    FROM refund r JOIN attempt a ON a.order_id = r.order_id AND a.attempt = r.attempt
    WHERE r.provider_id IS NOT NULL ORDER BY r.provider_id COLLATE "C"
"""
# A reservation that was let go shows as a refund that moved nothing.
_THEIRS: LiteralString = """
    SELECT r.id AS provider_id, s.body ->> 'client_reference_id' AS reference,
           r.amount AS amount_minor, r.body ->> 'status' AS status, r.created,
           (SELECT max(t.created) FROM balance_transaction t WHERE t.source = r.id) AS changed
    FROM refund r JOIN checkout_session s ON s.payment_intent = r.payment_intent
    WHERE s.body ->> 'client_reference_id' ~ '^[0-9a-f-]{36}\\.[0-9]+$'
      AND r.body ->> 'balance_transaction' IS NOT NULL
    ORDER BY r.id COLLATE "C"
"""
_WANTED: LiteralString = """
    SELECT r.id, r.state, r.amount_minor, r.attempt, r.order_id, r.asked_at, r.done_at
    FROM order_refund r WHERE r.origin = 'us' AND r.amount_minor > 0 ORDER BY r.id
"""
_MADE: LiteralString = """
    SELECT r.id, r.state, r.amount_minor, r.attempt, r.order_id, r.requested_at, a.changed_at
    FROM refund r JOIN attempt a ON a.order_id = r.order_id AND a.attempt = r.attempt
    WHERE r.origin = 'us' AND NOT a.is_stray ORDER BY r.id
"""
# What of payment's refund belongs to which state of movies' own.
_GOES_WITH = {
    "REVOKING": frozenset[str | None]({None}),
    "REQUESTED": frozenset[str | None]({"REQUESTED", "PENDING"}),
    "DONE": frozenset[str | None]({"SUCCEEDED"}),
    "FAILED": frozenset[str | None]({"FAILED"}),
}

_within_payment = by_rules(
    (Count("payment", "SELECT count(*) FROM attempt WHERE captured_minor > 0"),),
    (
        Rule(
            "payment",
            "Order {order_id} was charged {captures} times, and nothing of it is on its way back.",
            """
            SELECT order_id, count(*) AS captures, sum(captured_minor - refunded_minor) AS net_minor
            FROM attempt a WHERE captured_minor > refunded_minor AND NOT EXISTS (
                SELECT 1 FROM refund r WHERE r.order_id = a.order_id AND r.attempt = a.attempt
                  AND r.state IN ('REQUESTED', 'PENDING'))
            GROUP BY order_id HAVING count(*) > 1
               AND max(changed_at) < now() - %(settle_age)s::interval
            """,
            "Refund the later payment at the provider.",
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} gave back {back_minor} of {captured_minor}.",
            """
            SELECT a.order_id, a.attempt, a.captured_minor, a.refunded_minor,
                   coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'SUCCEEDED'), 0)
                       AS back_minor
            FROM attempt a LEFT JOIN refund r ON r.order_id = a.order_id AND r.attempt = a.attempt
            GROUP BY a.order_id, a.attempt
            HAVING a.refunded_minor > a.captured_minor
               OR a.refunded_minor
                  <> coalesce(sum(r.amount_minor) FILTER (WHERE r.state = 'SUCCEEDED'), 0)
            """,
            _ASK,
        ),
    ),
)
_within_provider = by_rules(
    (),
    (
        Rule(
            "simulator",
            "Charge {charge} gave back {back_minor} of {amount_captured}.",
            """
            SELECT c.id AS charge, c.amount_captured, c.amount_refunded, sum(r.amount) AS back_minor
            FROM charge c JOIN refund r ON r.charge = c.id
            WHERE r.body ->> 'status' NOT IN ('failed', 'canceled')
              AND r.body ->> 'balance_transaction' IS NOT NULL
            GROUP BY c.id HAVING sum(r.amount) > c.amount_captured
            """,
            _ASK,
        ),
    ),
)


async def _once(look: Look, tally: Tally) -> None:
    await _within_payment(look, tally)
    await _wanted_and_made(look, tally)
    if look.has("simulator"):
        await _within_provider(look, tally)
        await _here_and_there(look, tally)


async def _wanted_and_made(look: Look, tally: Tally) -> None:
    """What an order wants back is what payment gives back."""
    wanted, made = look["movies"].stream(_WANTED), look["payment"].stream(_MADE)
    async for pair in merged(wanted, made, "id"):
        tally.rows_checked += 1
        changes = [("movies", row[at]) for row in pair.left for at in ("asked_at", "done_at")]
        changes += [
            ("payment", row[at]) for row in pair.right for at in ("changed_at", "requested_at")
        ]
        what = _wanted_difference(pair)
        if what is not None and not tally.spared(is_young=look.is_young(*changes)):
            _tell(tally, pair, what)


async def _here_and_there(look: Look, tally: Tally) -> None:
    """Each refund here is one at the provider, and the reverse."""
    ours, theirs = look["payment"].stream(_OURS), look["simulator"].stream(_THEIRS)
    async for pair in merged(ours, theirs, "provider_id"):
        tally.rows_checked += 1
        changes: list[tuple[str, datetime | None]] = [
            ("payment", row[at]) for row in pair.left for at in ("requested_at", "changed_at")
        ]
        changes += [
            ("simulator", datetime.fromtimestamp(row["changed"] or row["created"], UTC))
            for row in pair.right
        ]
        what = _provider_difference(pair)
        if what is not None and not tally.spared(is_young=look.is_young(*changes)):
            _tell(tally, pair, what)


def _tell(tally: Tally, pair: Pair, what: str) -> None:
    row = {"ours": _plain(pair.left), "theirs": _plain(pair.right)}
    tally.found(f"Refund {pair.key}: {what}.", row, _ASK)


def _plain(rows: list[Row]) -> Row | None:
    return {name: str(value) for name, value in rows[0].items()} if rows else None


def _provider_difference(pair: Pair) -> str | None:
    if len(pair.left) != 1:
        return f"the provider has it, and {len(pair.left)} rows here do"
    if len(pair.right) != 1:
        return "it is here, and the provider does not know it"
    ours, theirs = pair.left[0], pair.right[0]
    if ours["reference"] != theirs["reference"]:
        return f"it is of {theirs['reference']} at the provider, and of {ours['reference']} here"
    if ours["amount_minor"] != theirs["amount_minor"]:
        return f"the provider gave {theirs['amount_minor']}, here it is {ours['amount_minor']}"
    state = _SHOWN.get(theirs["status"], "PENDING")
    return None if ours["state"] == state else f"it is {ours['state']}, at the provider {state}"


def _wanted_difference(pair: Pair) -> str | None:
    if not pair.left:
        return "payment gives it back, and no order asked for it"
    ours, made = pair.left[0], pair.right[0] if pair.right else {}
    if made and (ours["amount_minor"], ours["order_id"]) != (
        made["amount_minor"],
        made["order_id"],
    ):
        return f"the order wants {ours['amount_minor']}, payment gives {made['amount_minor']}"
    if made.get("state") not in _GOES_WITH[ours["state"]]:
        return f"it is {ours['state']} for the order, and {made.get('state')} at payment"
    return None


INVARIANTS = (
    Invariant(
        "I10",
        "An order is charged once, and no refund is lost, doubled or larger than its payment",
        ("movies", "payment"),
        _once,
        also=("simulator",),
    ),
)
