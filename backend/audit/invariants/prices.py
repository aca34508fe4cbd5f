"""Prices: each line costs what its card said when its seat was held (a part of I8)."""

from typing import LiteralString

from backend.audit.invariant import Count, Rule, by_rules

# The price of a line, worked out anew from the rules of its version: the rule with the most
# conditions wins, the later one on a tie.
_PRICED: LiteralString = """
    held AS (
        SELECT o.id, o.price_version_id, o.screening_id, o.cinema_id, greatest(o.placed_at, (
            SELECT max(e.at) FROM order_event e WHERE e.order_id = o.id AND e.facts ? 'seats'
        )) AS held_at FROM orders o
    ), line AS (
        SELECT l.*, h.held_at, v.rules, v.fee_minor AS card_fee_minor,
               v.tax_rate_bp AS card_tax_rate_bp, s.format,
               extract(isodow FROM s.business_day)::integer - 1 AS weekday,
               (extract(hour FROM s.starts_at AT TIME ZONE c.zone) * 60
                + extract(minute FROM s.starts_at AT TIME ZONE c.zone))::integer AS minute
        FROM order_line l JOIN held h ON h.id = l.order_id
        JOIN price_card_version v ON v.id = h.price_version_id
        JOIN screening s ON s.id = h.screening_id JOIN cinema c ON c.id = h.cinema_id
    ), priced AS (
        SELECT line.order_id, line.line_no, line.ticket_type, line.seat_kind, line.price_minor,
               line.fee_minor, line.gross_minor, line.tax_rate_bp, line.tax_minor,
               line.card_fee_minor, line.card_tax_rate_bp, due.price_minor AS due_minor
        FROM line LEFT JOIN LATERAL (
            SELECT r.price_minor FROM ROWS FROM (jsonb_to_recordset(line.rules) AS (
                ticket_type text, price_minor integer, seat_kind text, weekdays integer[],
                from_minute integer, to_minute integer, format text
            )) WITH ORDINALITY AS r (ticket_type, price_minor, seat_kind, weekdays, from_minute,
                                     to_minute, format, place)
            WHERE r.ticket_type = line.ticket_type
              AND (r.seat_kind IS NULL OR r.seat_kind = line.seat_kind)
              AND (r.weekdays IS NULL OR line.weekday = ANY (r.weekdays))
              AND (r.format IS NULL OR r.format = line.format)
              AND (coalesce(r.from_minute, r.to_minute) IS NULL OR CASE
                  WHEN coalesce(r.from_minute, 0) < coalesce(r.to_minute, 1440)
                  THEN line.minute >= coalesce(r.from_minute, 0)
                       AND line.minute < coalesce(r.to_minute, 1440)
                  ELSE line.minute >= coalesce(r.from_minute, 0)
                       OR line.minute < coalesce(r.to_minute, 1440) END)
            ORDER BY num_nonnulls(r.seat_kind, r.weekdays, r.from_minute, r.to_minute, r.format)
                     DESC, r.place DESC LIMIT 1
        ) AS due ON true
    )
"""
by_card = by_rules(
    (Count("movies", "SELECT count(*) FROM order_line"),),
    (
        Rule(
            "movies",
            "Line {line_no} of order {order_id} costs {price_minor}, by its card {due_minor}.",
            """
            SELECT * FROM priced WHERE due_minor IS DISTINCT FROM price_minor
               OR fee_minor <> CASE WHEN price_minor > 0 THEN card_fee_minor ELSE 0 END
               OR tax_rate_bp <> card_tax_rate_bp
               OR tax_minor <> (2 * gross_minor::bigint * tax_rate_bp + 10000 + tax_rate_bp)
                               / (2 * (10000 + tax_rate_bp))
            """,
            "The price was not the server's: ask who changed it, and settle with the buyer.",
            given=_PRICED,
        ),
        Rule(
            "movies",
            "Order {order_id} was priced by a version that its screening did not have then.",
            """
            SELECT h.id AS order_id, h.held_at, v.id AS version_id, v.made_at
            FROM held h JOIN price_card_version v ON v.id = h.price_version_id
            JOIN screening s ON s.id = h.screening_id
            WHERE v.price_card_id <> s.price_card_id OR v.made_at > h.held_at
               -- A card that is saved at that very moment may be seen a little later.
               OR EXISTS (SELECT 1 FROM price_card_version n
                          WHERE n.price_card_id = v.price_card_id AND n.version > v.version
                            AND n.made_at < h.held_at - interval '10 seconds')
            """,
            "Settle the difference with the buyer.",
            given=_PRICED,
        ),
        Rule(
            "movies",
            "The sums of order {order_id} are not those of its lines.",
            """
            SELECT o.id AS order_id, o.total_minor, sum(l.gross_minor) AS lines_minor
            FROM orders o JOIN order_line l ON l.order_id = o.id GROUP BY o.id
            HAVING (o.total_minor, o.fee_minor, o.tax_minor)
                IS DISTINCT FROM (sum(l.gross_minor), sum(l.fee_minor), sum(l.tax_minor))
            """,
            "The price was not the server's: ask who changed it, and settle with the buyer.",
        ),
    ),
)
