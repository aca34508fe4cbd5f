"""Money: what was taken is what was sold, once, and the same at the provider and in the ledger."""

from datetime import UTC, datetime
from typing import LiteralString

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.invariants.prices import by_card
from backend.audit.merging import Pair, merged
from backend.audit.sources import Row

_ASK = "Compare with the provider's dashboard; refund or book what is missing by hand."
_SEAT_OR_MONEY = "Give the buyer a seat or the money back now: open the order and the payment."
_PAID: LiteralString = """
    SELECT o.id AS order_id, o.state, o.currency, o.changed_at,
           coalesce(l.due_minor, 0) AS due_minor,
           CASE o.state WHEN 'REVIEW' THEN l.unclaimed ELSE l.unsold END AS seatless,
           EXISTS (SELECT 1 FROM order_refund r WHERE r.order_id = o.id
                   AND r.state IN ('REVOKING', 'REQUESTED')) AS is_refunding
    FROM orders o LEFT JOIN (
        SELECT l.order_id, sum(l.gross_minor) AS due_minor,
               count(*) FILTER (WHERE k.state IS DISTINCT FROM 'SOLD') AS unsold,
               count(*) FILTER (WHERE k.state IS NULL) AS unclaimed
        FROM order_line l LEFT JOIN seat_claim k
            ON k.order_id = l.order_id AND k.line_no = l.line_no AND k.seat_id = l.seat_id
        WHERE l.state = 'LIVE' GROUP BY l.order_id
    ) AS l ON l.order_id = o.id
    ORDER BY o.id
"""
_TAKEN: LiteralString = """
    SELECT order_id, sum(captured_minor) AS captured_minor, sum(refunded_minor) AS refunded_minor,
           array_agg(DISTINCT currency) FILTER (WHERE captured_minor > 0) AS currencies,
           max(changed_at) AS changed_at,
           EXISTS (SELECT 1 FROM refund r WHERE r.order_id = a.order_id
                   AND r.state IN ('REQUESTED', 'PENDING')) AS is_refunding
    FROM attempt a GROUP BY order_id ORDER BY order_id
"""
_SETTLED = frozenset({"PAID", "ISSUED", "PART_REFUNDED"})


async def _paid_for(look: Look, tally: Tally) -> None:
    """A settled order holds exactly the money of its live lines."""
    orders, attempts = look["movies"].stream(_PAID), look["payment"].stream(_TAKEN)
    async for pair in merged(orders, attempts, "order_id"):
        if not pair.left or pair.left[0]["state"] not in _SETTLED:
            continue
        tally.rows_checked += 1
        taken = pair.right[0] if pair.right else {}
        net = taken.get("captured_minor", 0) - taken.get("refunded_minor", 0)
        order = pair.left[0]
        is_equal = net == order["due_minor"]
        is_ours = set(taken.get("currencies") or ()) <= {order["currency"]}
        if (is_equal and is_ours) or tally.spared(is_young=_is_under_way(look, pair)):
            continue
        row = {**order, "net_minor": net, "currencies": taken.get("currencies")}
        what = f"Order {pair.key} is {order['state']} for {order['due_minor']} and holds {net}."
        tally.found(what, row, _ASK)


async def _seated(look: Look, tally: Tally) -> None:
    """Whoever has paid has seats, or their money is on its way back."""
    orders, attempts = look["movies"].stream(_PAID), look["payment"].stream(_TAKEN)
    async for pair in merged(orders, attempts, "order_id"):
        taken = pair.right[0] if pair.right else None
        if taken is None or taken["captured_minor"] <= taken["refunded_minor"]:
            continue
        tally.rows_checked += 1
        what = _unseated(pair)
        if what is not None and not tally.spared(is_young=_is_under_way(look, pair)):
            row = {**taken, **(pair.left[0] if pair.left else {})}
            tally.found(f"Order {pair.key} has been paid, and {what}.", row, _SEAT_OR_MONEY)


def _unseated(pair: Pair) -> str | None:
    if not pair.left:
        return "there is no such order"
    order = pair.left[0]
    if order["state"] not in _SETTLED | {"REVIEW"}:
        return f"it is {order['state']}"
    return f"{order['seatless']} of its seats are not its own" if order["seatless"] else None


def _is_under_way(look: Look, pair: Pair) -> bool:
    """Say whether money is on its way back, or something changed just now."""
    is_refunding = any(row["is_refunding"] for row in (*pair.left, *pair.right))
    changes = [("movies", row["changed_at"]) for row in pair.left]
    changes += [("payment", row["changed_at"]) for row in pair.right]
    return is_refunding or look.is_young(*changes)


async def _same_money(look: Look, tally: Tally) -> None:
    await _paid_for(look, tally)
    await by_card(look, tally)
    if look.has("simulator"):
        await _at_provider(look, tally)


_CAPTURED: LiteralString = """
    SELECT intent_id, order_id, attempt, upper(currency) AS currency, captured_minor, changed_at
    FROM attempt WHERE intent_id IS NOT NULL AND state = 'CAPTURED' AND review IS NULL
    ORDER BY intent_id COLLATE "C"
"""
_INTENTS: LiteralString = """
    SELECT i.id AS intent_id, upper(i.body ->> 'currency') AS currency, i.amount_received,
           i.body -> 'livemode' IS DISTINCT FROM s.body -> 'livemode' AS is_mixed
    FROM payment_intent i JOIN checkout_session s ON s.payment_intent = i.id
    WHERE i.status = 'succeeded' ORDER BY i.id COLLATE "C"
"""


async def _at_provider(look: Look, tally: Tally) -> None:
    """What we say that we took is what the provider took, in the same currency and mode."""
    ours, theirs = look["payment"].stream(_CAPTURED), look["simulator"].stream(_INTENTS)
    async for pair in merged(ours, theirs, "intent_id"):
        if not pair.left:
            continue  # its session tells it, in I7
        tally.rows_checked += 1
        attempt, intent = pair.left[0], pair.right[0] if pair.right else {}
        same = (
            intent.get("amount_received") == attempt["captured_minor"]
            and intent.get("currency") == attempt["currency"]
            and not intent.get("is_mixed")
        )
        is_young = look.is_young(("payment", attempt["changed_at"]))
        if not same and not tally.spared(is_young=is_young):
            what = f"Attempt {attempt['attempt']} of order {attempt['order_id']} took"
            what += f" {attempt['captured_minor']} {attempt['currency']}; the provider says"
            what += f" {intent.get('amount_received')} {intent.get('currency')}."
            tally.found(what, {**attempt, **intent}, _ASK)


# A stray is known at the provider by the reference of the attempt that it was mistaken for.
_LEDGER: LiteralString = """
    SELECT coalesce(a.request ->> 'client_reference_id', l.order_id::text || '.' || l.attempt)
               COLLATE "C" AS reference,
           l.currency, max(l.at) AS changed_at,
           sum(CASE l.kind WHEN 'capture' THEN l.amount_minor ELSE -l.amount_minor END) AS net_minor
    FROM ledger l LEFT JOIN attempt a
        ON a.order_id = l.order_id AND a.attempt = l.attempt AND a.is_stray
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_BALANCE: LiteralString = """
    SELECT coalesce(s.body ->> 'client_reference_id', t.source) COLLATE "C" AS reference,
           upper(t.currency) AS currency, sum(t.net) AS net_minor, max(t.created) AS changed
    FROM balance_transaction t LEFT JOIN refund r ON r.id = t.source
    LEFT JOIN dispute d ON d.id = t.source
    LEFT JOIN charge c ON c.id = coalesce(r.charge, d.charge, t.source)
    LEFT JOIN checkout_session s ON s.payment_intent = c.payment_intent
    GROUP BY 1, 2 ORDER BY 1, 2
"""


async def _identity(look: Look, tally: Tally) -> None:
    await _sums(look, tally)
    if look.has("simulator"):
        await _balance(look, tally)


async def _balance(look: Look, tally: Tally) -> None:
    """What the ledger has of a payment is what it left at the provider, fees taken off."""
    ours, theirs = look["payment"].stream(_LEDGER), look["simulator"].stream(_BALANCE)
    async for pair in merged(ours, theirs, "reference"):
        tally.rows_checked += 1
        booked = {row["currency"]: row["net_minor"] for row in pair.left}
        moved = {row["currency"]: row["net_minor"] for row in pair.right}
        changes = _moved_at(pair.left, pair.right)
        if booked == moved or tally.spared(is_young=look.is_young(*changes)):
            continue
        what = f"Payment {pair.key}: the ledger says {_sum(booked)}, the provider {_sum(moved)}."
        tally.found(what, {"reference": pair.key, "ledger": booked, "provider": moved}, _ASK)


def _moved_at(booked: list[Row], moved: list[Row]) -> list[tuple[str, datetime | None]]:
    changes: list[tuple[str, datetime | None]] = [("payment", row["changed_at"]) for row in booked]
    return changes + [("simulator", datetime.fromtimestamp(row["changed"], UTC)) for row in moved]


def _sum(amounts: dict[str, int]) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in amounts.items()) or "nothing"


_sums = by_rules(
    (Count("payment", "SELECT count(*) FROM ledger"),),
    (
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} and the ledger differ about its money.",
            """
            SELECT a.order_id, a.attempt, a.captured_minor, a.refunded_minor,
                   b.captured_minor AS booked_minor, b.refunded_minor AS booked_back_minor
            FROM attempt a FULL JOIN (
                SELECT order_id, attempt,
                       coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0)
                           AS captured_minor,
                       coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund'), 0)
                           AS refunded_minor
                FROM ledger WHERE kind IN ('capture', 'refund') GROUP BY order_id, attempt
            ) AS b USING (order_id, attempt)
            WHERE (coalesce(a.captured_minor, 0), coalesce(a.refunded_minor, 0))
                IS DISTINCT FROM (coalesce(b.captured_minor, 0), coalesce(b.refunded_minor, 0))
            """,
            _ASK,
        ),
        Rule(
            "payment",
            "The ledger has {natural_key} {times} times.",
            """
            SELECT natural_key, count(*) AS times FROM ledger
            GROUP BY natural_key HAVING count(*) > 1
            """,
            "Its index is broken: rebuild it; book the difference back by a row of its own.",
        ),
    ),
)

INVARIANTS = (
    Invariant(
        "I8",
        "A paid order holds exactly the price of its live lines, by the card of its day",
        ("movies", "payment"),
        _same_money,
        also=("simulator",),
    ),
    Invariant(
        "I9",
        "Nobody has paid without having seats, or the money on its way back",
        ("movies", "payment"),
        _seated,
    ),
    Invariant(
        "I29",
        "The ledger and the provider's balance tell the same money",
        ("payment",),
        _identity,
        also=("simulator",),
    ),
)
