"""Orders: they own all of their seats or none, in one state, within the caps."""

from typing import LiteralString

from backend.audit.invariant import Count, Invariant, Rule, by_rules

_LOOK = "Open the order and its log; seat or refund the buyer by hand."
_ORDERS = (Count("movies", "SELECT count(*) FROM orders"),)
# Lines whose seats a refund has let go: from the moment when their tickets were dead.
_GONE: LiteralString = """
    gone AS (
        SELECT DISTINCT r.order_id, line_no FROM order_refund r, unnest(r.lines) AS line_no
        WHERE r.state <> 'REVOKING'
    ), line AS (
        SELECT l.order_id, l.line_no, l.seat_id, l.was_admitted, g.line_no IS NOT NULL AS is_gone
        FROM order_line l LEFT JOIN gone g USING (order_id, line_no)
    )
"""

INVARIANTS = (
    Invariant(
        "I3",
        "An order's claims share one state and are as many as its seats; no buyer is over the cap",
        ("movies",),
        by_rules(
            (Count("movies", "SELECT count(*) FROM seat_claim"),),
            (
                Rule(
                    "movies",
                    "The claims of order {order_id} are in the states {states}.",
                    """
                    SELECT order_id, string_agg(DISTINCT state, ' and ') AS states,
                           count(*) AS claims
                    FROM seat_claim WHERE state <> 'BLOCKED'
                    GROUP BY order_id HAVING count(DISTINCT state) > 1
                    """,
                    _LOOK,
                ),
                Rule(
                    "movies",
                    "Order {order_id} is for {due} seats and claims {claims}.",
                    """
                    SELECT c.order_id, o.state, o.seats - coalesce(a.gone, 0) AS due, c.claims
                    FROM (
                        SELECT order_id, count(*) AS claims FROM seat_claim
                        WHERE state <> 'BLOCKED' GROUP BY order_id
                    ) AS c
                    LEFT JOIN orders o ON o.id = c.order_id
                    LEFT JOIN (
                        SELECT order_id, count(*) AS lines,
                               count(*) FILTER (WHERE is_gone AND NOT was_admitted) AS gone
                        FROM line GROUP BY order_id
                    ) AS a ON a.order_id = c.order_id
                    WHERE o.id IS NULL OR o.seats <> coalesce(a.lines, 0)
                       OR c.claims <> o.seats - coalesce(a.gone, 0)
                    """,
                    _LOOK,
                    given=_GONE,
                ),
                Rule(
                    "movies",
                    "{buyer} has {claims} seats of screening {screening_id}; the cap is 10.",
                    """
                    SELECT o.buyer, k.screening_id, count(*) AS claims,
                           array_agg(DISTINCT o.id::text) AS orders
                    FROM seat_claim k JOIN orders o ON o.id = k.order_id
                    WHERE o.buyer IS NOT NULL
                      AND (k.state IN ('PAYING', 'SOLD')
                           OR k.state = 'HELD' AND k.expires_at > now())
                    GROUP BY o.buyer, k.screening_id HAVING count(*) > 10
                    """,
                    "Ask the buyer; what nobody has paid for may be released.",
                ),
            ),
        ),
        is_starred=True,
    ),
    Invariant(
        "I5",
        "An order owns exactly the seats of its live lines, in the state that it is in itself",
        ("movies",),
        by_rules(
            _ORDERS,
            (
                Rule(
                    "movies",
                    "Order {order_id} ({state}) and its claims differ about seat {seat_id}.",
                    """
                    SELECT order_id, o.state, seat_id, line_no, d.order_id IS NOT NULL AS is_due,
                           h.state AS claimed
                    FROM (
                        SELECT o.id AS order_id, o.screening_id, l.line_no, l.seat_id
                        FROM orders o JOIN line l ON l.order_id = o.id
                        WHERE CASE WHEN o.state IN ('EXPIRED', 'CANCELLED', 'REFUNDED')
                            THEN l.is_gone AND l.was_admitted
                            ELSE NOT l.is_gone OR l.was_admitted END
                    ) AS d
                    FULL JOIN (
                        SELECT order_id, screening_id, line_no, seat_id, state
                        FROM seat_claim WHERE state <> 'BLOCKED'
                    ) AS h USING (order_id, screening_id, line_no, seat_id)
                    LEFT JOIN orders o ON o.id = order_id
                    WHERE d.order_id IS NULL OR h.order_id IS NULL
                    """,
                    _LOOK,
                    given=_GONE,
                ),
                Rule(
                    "movies",
                    "Order {order_id} is {state} and claims seat {seat_id} as {claimed}.",
                    """
                    SELECT k.order_id, o.state, k.seat_id, k.state AS claimed
                    FROM seat_claim k JOIN orders o ON o.id = k.order_id
                    WHERE k.state <> 'BLOCKED' AND o.state <> 'REVIEW' AND k.state <> CASE
                        WHEN o.state IN ('HELD', 'PAYING') THEN o.state ELSE 'SOLD' END
                    """,
                    _LOOK,
                ),
                Rule(
                    "movies",
                    "Seat {seat_id} is blocked for order {order_id}, whose line was not refunded.",
                    """
                    SELECT k.order_id, k.screening_id, k.seat_id, k.line_no
                    FROM seat_claim k LEFT JOIN line l
                      ON l.order_id = k.order_id AND l.line_no = k.line_no AND l.is_gone
                    WHERE k.state = 'BLOCKED' AND l.line_no IS NULL
                    """,
                    _LOOK,
                    given=_GONE,
                ),
            ),
        ),
    ),
)
