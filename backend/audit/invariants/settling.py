"""Requests and time: a key acts once, and nothing is left lying half done."""

from typing import LiteralString

from backend.audit.invariant import Count, Invariant, Rule, by_rules

_SERVICES = ("movies", "payment", "ticket")
_TWICE = "Look at both rows and undo one of them: the client asked once."
_PEOPLE = "A person must look: open the order, the payment and the log of its service."
# Replies are kept for 48 hours; rows at the edge are left alone.
_KEPT: LiteralString = """
    reply AS (
        SELECT principal, key, status, (convert_from(body, 'UTF8')::jsonb ->> 'id')::uuid AS id
        FROM idempotency WHERE route = 'POST /orders' AND status = 201
    )
"""

_acts_once = by_rules(
    (
        Count("movies", "SELECT count(*) FROM idempotency"),
        Count("ticket", "SELECT count(*) FROM idempotency"),
        Count("movies", "SELECT count(*) FROM orders"),
    ),
    (
        *(
            Rule(
                name,
                "Key {key} of {principal} for {route} is kept {times} times.",
                """
                SELECT principal, route, key, count(*) AS times FROM idempotency
                GROUP BY principal, route, key HAVING count(*) > 1
                """,
                "Its index is broken: rebuild it.",
            )
            for name in _SERVICES
        ),
        *(
            Rule(
                name,
                "Key {key} of {principal} for {route} was taken, and no answer is kept with it.",
                """
                SELECT principal, route, key, made_at FROM idempotency
                WHERE status IS NULL OR body IS NULL
                """,
                "Its client cannot learn what became of its request: look for the effect.",
            )
            for name in _SERVICES
        ),
        Rule(
            "movies",
            "{principal} was told of order {order_id}, which is not there or not theirs.",
            """
            SELECT r.principal, r.key, r.id AS order_id, o.owner
            FROM reply r LEFT JOIN orders o ON o.id = r.id
            WHERE o.owner IS DISTINCT FROM r.principal
            """,
            "Tell the buyer; the order is lost, or somebody else's.",
            given=_KEPT,
        ),
        Rule(
            "movies",
            "Order {order_id} was made by {keys} requests.",
            """
            SELECT o.id AS order_id, o.owner, o.placed_at, count(r.id) AS keys
            FROM orders o LEFT JOIN reply r ON r.id = o.id
            WHERE o.placed_at > now() - interval '47 hours'
            GROUP BY o.id HAVING count(r.id) <> 1
            """,
            _TWICE,
            given=_KEPT,
        ),
        Rule(
            "ticket",
            "{subject} sent {requests} scans, and {scans} were written down.",
            """
            SELECT coalesce(s.subject, k.subject) AS subject, coalesce(k.requests, 0) AS requests,
                   coalesce(s.scans, 0) AS scans
            FROM (SELECT subject, count(*) AS scans FROM scan
                  WHERE scanned_at > now() - interval '47 hours' GROUP BY subject) AS s
            FULL JOIN (SELECT principal AS subject, count(*) AS requests FROM idempotency
                       WHERE route = 'POST /admissions' AND status = 200
                         AND made_at > now() - interval '47 hours' GROUP BY principal) AS k
                USING (subject)
            WHERE s.scans IS DISTINCT FROM k.requests
            """,
            "Compare the device's own log with the scans here.",
        ),
    ),
)
_settled = by_rules(
    (
        Count("movies", "SELECT count(*) FROM orders"),
        Count("payment", "SELECT count(*) FROM attempt"),
        Count("movies", "SELECT count(*) FROM recon_diff"),
        Count("payment", "SELECT count(*) FROM recon_diff"),
    ),
    (
        Rule(
            "movies",
            "The hold of order {order_id} ran out at {expires_at} and is still kept.",
            """
            SELECT id AS order_id, expires_at, screening_id FROM orders
            WHERE state = 'HELD' AND expires_at < now() - interval '60 s' ORDER BY expires_at
            """,
            "See whether movies runs: its reaper comes round every some seconds.",
        ),
        Rule(
            "movies",
            "Order {order_id} is CONFIRMING since {changed_at}.",
            """
            SELECT id AS order_id, reference, changed_at FROM orders
            WHERE state = 'CONFIRMING' AND changed_at < now() - %(settle_age)s::interval
            ORDER BY changed_at
            """,
            "The money is reserved and not taken: see whether payment reaches the provider.",
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} is UNKNOWN since {changed_at}.",
            """
            SELECT order_id, attempt, changed_at, failure FROM attempt
            WHERE state = 'UNKNOWN' AND changed_at < now() - %(settle_age)s::interval
            ORDER BY changed_at
            """,
            "See whether payment reaches the provider; it asks again by itself.",
        ),
        Rule(
            "payment",
            "Refund {refund_id} of order {order_id} waits for the provider since {requested_at}.",
            """
            SELECT id AS refund_id, order_id, attempt, amount_minor, requested_at, tries
            FROM refund WHERE state = 'REQUESTED'
              AND requested_at < now() - interval '15 min' ORDER BY requested_at
            """,
            "See whether payment reaches the provider; it asks again by itself.",
        ),
        Rule(
            "movies",
            "Movies differs about {kind} {subject} since {found_at}.",
            """
            SELECT kind, subject, facts, found_at FROM recon_diff d
            WHERE closed_at IS NULL AND found_at < now() - %(settle_age)s::interval
              AND NOT EXISTS (SELECT 1 FROM orders o
                              WHERE o.state = 'REVIEW' AND o.id::text = d.subject)
            ORDER BY found_at
            """,
            _PEOPLE,
        ),
        Rule(
            "payment",
            "Payment differs about {kind} {subject} since {found_at}.",
            """
            SELECT kind, subject, facts, found_at FROM recon_diff d
            WHERE closed_at IS NULL AND found_at < now() - %(settle_age)s::interval
              AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.review IS NOT NULL
                              AND a.order_id::text = split_part(d.subject, '.', 1))
            ORDER BY found_at
            """,
            _PEOPLE,
        ),
    ),
)

INVARIANTS = (
    Invariant("I12", "Every request acted once, and its answer is kept", _SERVICES, _acts_once),
    Invariant("I30", "Nothing is left lying half done", ("movies", "payment"), _settled),
)
