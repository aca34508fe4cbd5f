"""The logs: every change of an order, attempt, ticket or seat has its row, written with it."""

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.invariants.seats import replayed, tell_breaches

_ADVICE = "Something changed this row past the application: find out who, and mend the row by hand."

_last_events = by_rules(
    (
        Count("movies", "SELECT count(*) FROM order_event"),
        Count("payment", "SELECT count(*) FROM attempt_event"),
        Count("ticket", "SELECT count(*) FROM ticket_event"),
    ),
    (
        Rule(
            "movies",
            "Order {order_id} is {state} in version {version}, and its log ends otherwise.",
            """
            SELECT o.id AS order_id, o.state, o.version, e.state AS logged,
                   e.version AS logged_version
            FROM orders o LEFT JOIN LATERAL (
                SELECT state, version FROM order_event WHERE order_id = o.id
                ORDER BY version DESC LIMIT 1
            ) AS e ON true
            WHERE (e.state, e.version) IS DISTINCT FROM (o.state, o.version)
            """,
            _ADVICE,
        ),
        Rule(
            "payment",
            "Attempt {attempt} of order {order_id} is {state} in version {version},"
            " and its log ends otherwise.",
            """
            SELECT a.order_id, a.attempt, a.state, a.version, e.state AS logged,
                   e.version AS logged_version
            FROM attempt a LEFT JOIN LATERAL (
                SELECT state, version FROM attempt_event
                WHERE order_id = a.order_id AND attempt = a.attempt ORDER BY version DESC LIMIT 1
            ) AS e ON true
            WHERE (e.state, e.version) IS DISTINCT FROM (a.state, a.version)
            """,
            _ADVICE,
        ),
        Rule(
            "ticket",
            "Ticket {ticket_id} is {status} in version {version}, and its log ends otherwise.",
            """
            SELECT t.id AS ticket_id, t.status, t.version, e.status AS logged,
                   e.version AS logged_version
            FROM ticket t LEFT JOIN LATERAL (
                SELECT status, version FROM ticket_event WHERE ticket_id = t.id
                ORDER BY version DESC LIMIT 1
            ) AS e ON true
            WHERE (e.status, e.version) IS DISTINCT FROM (t.status, t.version)
            """,
            _ADVICE,
        ),
    ),
)


async def _logs(look: Look, tally: Tally) -> None:
    await _last_events(look, tally)
    await tell_breaches(look, tally, "LOG", _ADVICE)
    for row in (await replayed(look)).differences:
        what = f"Seat {row['seat']} of screening {row['screening_id']} is not as its log says."
        tally.found(what, row, _ADVICE)


INVARIANTS = (
    Invariant(
        "LOG",
        "Every order, attempt, ticket and seat is as the last row of its log says",
        ("movies", "payment", "ticket"),
        _logs,
        is_starred=True,
    ),
)
