"""Messages: none is lost, none acts twice, and older news never undoes newer."""

from collections.abc import Mapping
from typing import LiteralString

from backend.audit.effects import CAUSES
from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.merging import merged
from backend.audit.passages import REMEMBERED, followed
from backend.audit.sources import Row
from backend.contracts.traffic import ROUTES

_SERVICES = ("movies", "payment", "ticket")
_REPLAY = "See its error with `moviemesh letters`, mend the cause, and send it again from there."
_BY_HAND = "Do by hand what the message asks for: it counts as taken and will not act again."
_WAKE = "See whether its sender runs and why it cannot send; the message is safe where it is."
_ROUTED = sorted(ROUTES)


def _shown(row: Row) -> Mapping[str, object]:
    names = ("id", "type", "aggregate_id", "version", "published_at", "hearer", "error")
    return {name: row[name] for name in names if row.get(name) is not None}


_doubled = by_rules(
    (),
    (
        *(
            Rule(
                name,
                "Message {message_id} is {times} times in the inbox of {consumer}.",
                """
                SELECT consumer, message_id, count(*) AS times FROM inbox
                GROUP BY consumer, message_id HAVING count(*) > 1
                """,
                "Its index is broken: rebuild it, and look at what the message did.",
            )
            for name in _SERVICES
        ),
        Rule(
            "ticket",
            "Line {line_no} of order {order_id} has {times} tickets.",
            """
            SELECT order_id, line_no, count(*) AS times, array_agg(id::text ORDER BY id) AS tickets
            FROM ticket GROUP BY order_id, line_no HAVING count(*) > 1
            """,
            "Revoke all but the one that the order names.",
        ),
        Rule(
            "ticket",
            "Order {order_id} is told the same {kind} {times} times.",
            """
            SELECT order_id, kind, cause, count(*) AS times FROM mail
            GROUP BY order_id, kind, cause HAVING count(*) > 1
            """,
            "Tell the buyer that one of the mails was sent twice.",
        ),
    ),
)


async def _once(look: Look, tally: Tally) -> None:
    """I13: what is in an inbox has had its effect; no effect is without its message."""
    found = await followed(look)
    tally.rows_checked += found.messages
    for row in found.effectless:
        what = f"{row['hearer']} took {row['type']} of {row['aggregate_id']}, and it had no effect."
        tally.found(what, _shown(row), _BY_HAND)
    await _doubled(look, tally)
    for cause in CAUSES:
        effects = look[cause.hearer].stream(cause.effects)
        async for pair in merged(effects, look[cause.sender].stream(cause.messages), "effect"):
            is_alone = bool(pair.left) and not pair.right
            if is_alone and not _is_forgotten(look, cause.hearer, pair.left[0], tally):
                what = f"{cause.hearer} acted for {pair.key}, and {cause.sender} never asked."
                tally.found(what, pair.left[0], "Find out who asked, and undo it if nobody did.")


def _is_forgotten(look: Look, hearer: str, effect: Row, tally: Tally) -> bool:
    """Say whether the message of an effect may be deleted by now, or too young to be seen."""
    is_old = look[hearer].at - effect["at"] > REMEMBERED
    return is_old or tally.spared(is_young=look.is_young((hearer, effect["at"])))


_sending = by_rules(
    tuple(Count(name, "SELECT count(*) FROM outbox") for name in _SERVICES),
    tuple(
        Rule(
            name,
            "{type} of {aggregate_id} waits to be sent since {not_before}.",
            """
            SELECT id, type, aggregate_id, created_at, not_before FROM outbox
            WHERE published_at IS NULL
              AND not_before < now() - greatest(%(settle_age)s::interval, interval '10 s')
            ORDER BY seq
            """,
            _WAKE,
        )
        for name in _SERVICES
    ),
)
_UNROUTED: LiteralString = """
    SELECT id, type, aggregate_id, published_at FROM outbox
    WHERE published_at IS NOT NULL AND NOT type = ANY (%(routed)s)
"""


async def _kept(look: Look, tally: Tally) -> None:
    """I14: every message is sent or about to be, and whoever is to hear it has it."""
    await _sending(look, tally)
    found = await followed(look)
    tally.too_young += found.too_young
    for row in found.lost:
        what = f"{row['type']} of {row['aggregate_id']} was sent, and {row['hearer']} has it not."
        tally.found(what, _shown(row), "Send it again: take its row's mark of being sent away.")
    for row in found.dead:
        what = f"{row['hearer']} could not take a message about {row.get('aggregate_id', '?')}."
        tally.found(what, _shown(row), _REPLAY)
    for row in found.unsent:
        what = f"{row['hearer']} took message {row['id']}, and nobody sent it."
        tally.found(what, _shown(row), "Find out who speaks on the bus, and close it to them.")
    for row in found.poison_taken:
        tally.found(f"Poison {row['id']} was taken.", _shown(row), "A test found a hole.")
    for name in _SERVICES:
        for row in await look[name].rows(_UNROUTED, {"routed": _ROUTED}):
            if row["id"] not in look.poison:
                what = f"{name} sent {row['type']}, which nobody hears."
                tally.found(what, row, "Its sender is newer than its hearers: finish the update.")


def _gaps(database: str, thing: str, broken: LiteralString) -> Rule:
    advice = "Something wrote to this log past the application: find out who."
    return Rule(database, f"The log of {thing} has gaps or begins late.", broken, advice)


_versions = by_rules(
    (
        Count("movies", "SELECT count(*) FROM order_event"),
        Count("payment", "SELECT count(*) FROM attempt_event"),
        Count("ticket", "SELECT count(*) FROM ticket_event"),
    ),
    (
        _gaps(
            "movies",
            "order {order_id}",
            """
            SELECT order_id, count(*) AS rows, min(version) AS first, max(version) AS last
            FROM order_event GROUP BY order_id
            HAVING min(version) <> 1 OR count(*) <> max(version)
            """,
        ),
        _gaps(
            "payment",
            "attempt {attempt} of order {order_id}",
            """
            SELECT order_id, attempt, count(*) AS rows, min(version) AS first, max(version) AS last
            FROM attempt_event GROUP BY order_id, attempt
            HAVING min(version) <> 1 OR count(*) <> max(version)
            """,
        ),
        _gaps(
            "ticket",
            "ticket {ticket_id}",
            """
            SELECT ticket_id, count(*) AS rows, min(version) AS first, max(version) AS last
            FROM ticket_event GROUP BY ticket_id
            HAVING min(version) <> 1 OR count(*) <> max(version)
            """,
        ),
        Rule(
            "movies",
            "Order {order_id} heard version {heard} of attempt {attempt} after {before}.",
            """
            SELECT * FROM (
                SELECT order_id, version, state, facts ->> 'attempt' AS attempt,
                       (facts ->> 'attempt_version')::integer AS heard,
                       lag((facts ->> 'attempt_version')::integer) OVER (
                           PARTITION BY order_id, facts ->> 'attempt' ORDER BY version) AS before
                FROM order_event WHERE facts ? 'attempt_version'
            ) AS news WHERE heard <= before
            """,
            "Older news changed the order: compare it with its payment.",
        ),
        Rule(
            "movies",
            "{type} speaks of version {version} of order {order_id}, which has {own}.",
            """
            SELECT o.id AS order_id, m.type, m.version, o.version AS own
            FROM outbox m JOIN orders o ON o.id = m.aggregate_id WHERE m.version > o.version
            """,
            "Something changed this order past the application: find out who.",
        ),
    ),
)
_HEARD: LiteralString = """
    SELECT (order_id::text || '.' || attempt) AS reference, seen_version AS heard
    FROM order_attempt ORDER BY (order_id::text || '.' || attempt) COLLATE "C"
"""
_TOLD: LiteralString = """
    SELECT (order_id::text || '.' || attempt) AS reference, version AS told
    FROM attempt ORDER BY (order_id::text || '.' || attempt) COLLATE "C"
"""
_KNOWN: LiteralString = "SELECT id, order_version AS heard FROM paid_order ORDER BY id"
_ORDERS: LiteralString = "SELECT id, version AS told FROM orders ORDER BY id"


async def _growing(look: Look, tally: Tally) -> None:
    """I15: versions are applied in order, and none is known before it was told."""
    await _versions(look, tally)
    for hearer, heard, sender, told, key in (
        ("movies", _HEARD, "payment", _TOLD, "reference"),
        ("ticket", _KNOWN, "movies", _ORDERS, "id"),
    ):
        async for pair in merged(look[hearer].stream(heard), look[sender].stream(told), key):
            if not pair.left:
                continue
            known = pair.left[0]["heard"]
            own = pair.right[0]["told"] if pair.right else 0
            # Read a moment apart, the hearer may know of a change that the other snapshot lacks.
            if known > own + (1 if look.settle_age else 0):
                what = f"{hearer} knows version {known} of {pair.key}, and {sender} is at {own}."
                advice = "Compare both sides: one of them was restored, or changed by hand."
                tally.found(what, {"key": pair.key, "heard": known, "told": own}, advice)


INVARIANTS = (
    Invariant(
        "I13", "Every message that was taken acted, once, and nothing acted without one",
        _SERVICES, _once,
    ),
    Invariant(
        "I14", "No message is lost: each is sent, and with its hearer or a dead letter",
        _SERVICES, _kept,
    ),
    Invariant(
        "I15", "News is applied in its order, and every log counts on without gaps",
        _SERVICES, _growing,
    ),
)  # fmt: skip
