"""What each message must have left behind in the database of its hearer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

# A condition over `m` (id, order_id, payload), per type of message.
EFFECTS: Mapping[str, LiteralString] = {
    "payment.open_requested.v1": """
        EXISTS (SELECT 1 FROM attempt a WHERE a.order_id = m.order_id
                AND a.attempt = (m.payload -> 'checkout' ->> 'attempt')::smallint)
    """,
    "payment.capture_requested.v1": """
        EXISTS (SELECT 1 FROM attempt a WHERE a.order_id = m.order_id
                AND a.attempt = (m.payload ->> 'attempt')::smallint
                AND a.state IN ('CAPTURING', 'CAPTURED', 'CANCELED', 'FAILED'))
    """,
    "payment.close_requested.v1": """
        EXISTS (SELECT 1 FROM attempt a WHERE a.order_id = m.order_id
                AND a.attempt = (m.payload ->> 'attempt')::smallint
                AND (a.wants_close IS NOT NULL OR a.state IN ('CAPTURED', 'CANCELED', 'FAILED')))
    """,
    "payment.refund_requested.v1": """
        EXISTS (SELECT 1 FROM refund r WHERE r.id = (m.payload ->> 'refund_id')::uuid
                AND r.order_id = m.order_id
                AND r.amount_minor = (m.payload ->> 'amount_minor')::integer)
    """,
    **dict.fromkeys(
        (
            "payment.opened.v1",
            "payment.authorised.v1",
            "payment.captured.v1",
            "payment.closed.v1",
            "payment.failed.v1",
            "payment.review.v1",
        ),
        """
        EXISTS (SELECT 1 FROM order_attempt a WHERE a.order_id = m.order_id
                AND a.attempt = (m.payload ->> 'attempt')::smallint
                AND a.seen_version >= (m.payload ->> 'attempt_version')::integer)
        """,
    ),
    # One that no order asked for leaves a refund or a review of its own.
    "payment.refunded.v1": """
        NOT EXISTS (SELECT 1 FROM order_refund r WHERE r.id = (m.payload ->> 'refund_id')::uuid
                    AND r.state NOT IN ('DONE', 'FAILED'))
    """,
    "payment.refund_failed.v1": """
        NOT EXISTS (SELECT 1 FROM order_refund r WHERE r.id = (m.payload ->> 'refund_id')::uuid
                    AND r.state <> 'FAILED')
    """,
    "tickets.issued.v1": """
        NOT EXISTS (
            SELECT 1 FROM jsonb_each_text(m.payload -> 'tickets') AS t (line_no, ticket_id)
            LEFT JOIN order_line l ON l.order_id = m.order_id AND l.line_no = t.line_no::smallint
            WHERE l.ticket_id IS DISTINCT FROM t.ticket_id::uuid)
    """,
    "tickets.revoked.v1": """
        NOT EXISTS (SELECT 1 FROM order_refund r WHERE r.id = (m.payload ->> 'refund_id')::uuid
                    AND r.state = 'REVOKING')
    """,
    # One dead letter is enough: what is told of its order after it is left alone.
    "order.paid.v1": """
        EXISTS (SELECT 1 FROM paid_order o WHERE o.id = m.order_id)
        OR EXISTS (SELECT 1 FROM dead_letter d WHERE d.consumer = 'ticket'
                   AND d.envelope ->> 'aggregate_id' = m.order_id::text)
    """,
    "ticket.revoke_requested.v1": """
        NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements_text(m.payload -> 'lines') AS w (line_no)
            LEFT JOIN revoked_line r ON r.order_id = m.order_id
                AND r.line_no = w.line_no::smallint
            WHERE r.line_no IS NULL)
    """,
    "order.lapsed.v1": """
        m.payload ->> 'email' IS NULL
        OR EXISTS (SELECT 1 FROM mail WHERE mail.order_id = m.order_id AND mail.kind = 'lapsed'
                   AND mail.cause = m.payload ->> 'reason')
    """,
    "order.refunded.v1": """
        m.payload ->> 'email' IS NULL
        OR EXISTS (SELECT 1 FROM mail WHERE mail.order_id = m.order_id AND mail.kind = 'refunded'
                   AND mail.cause = m.payload ->> 'refund_id')
    """,
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Effects that may not be there without a message: of whom, and by whose message."""

    hearer: str
    effects: LiteralString
    sender: str
    messages: LiteralString


CAUSES = (
    Cause(
        "ticket",
        """
        SELECT id::text AS effect, received_at AS at FROM paid_order ORDER BY id::text COLLATE "C"
        """,
        "movies",
        """
        SELECT aggregate_id::text COLLATE "C" AS effect FROM outbox
        WHERE type = 'order.paid.v1' GROUP BY 1 ORDER BY 1
        """,
    ),
    Cause(
        "payment",
        """
        SELECT order_id::text || '.' || attempt AS effect, made_at AS at FROM attempt
        -- Nobody asks for a stray: payment finds it at the provider.
        WHERE provider = 'stripe' AND NOT is_stray
        ORDER BY (order_id::text || '.' || attempt) COLLATE "C"
        """,
        "movies",
        """
        SELECT (aggregate_id::text || '.' || (payload -> 'checkout' ->> 'attempt'))
            COLLATE "C" AS effect
        FROM outbox WHERE type = 'payment.open_requested.v1' GROUP BY 1 ORDER BY 1
        """,
    ),
    Cause(
        "payment",
        """
        SELECT r.id::text AS effect, r.requested_at AS at
        FROM refund r JOIN attempt a ON a.order_id = r.order_id AND a.attempt = r.attempt
        WHERE r.origin = 'us' AND NOT a.is_stray ORDER BY r.id::text COLLATE "C"
        """,
        "movies",
        """
        SELECT (payload ->> 'refund_id') COLLATE "C" AS effect FROM outbox
        WHERE type = 'payment.refund_requested.v1' GROUP BY 1 ORDER BY 1
        """,
    ),
)
