"""Tickets and doors: one for each paid line, dead when it is refunded, used once."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import LiteralString

from moviemesh_ticketcode import CodeProblem, KeyList, TicketFields

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.merging import Pair, merged
from backend.audit.sources import Row

_ISSUE = "Let movies tell the order again (it does each minute), or look among the dead letters."
_REVOKE = "Tell the doors: this ticket must not open them. Then find out why it still does."
_DOOR = "Find out how the door let it pass: the device, its list, and its clock."
_ISSUED_WITHIN = timedelta(seconds=60)

_LINES: LiteralString = """
    SELECT l.order_id::text || '.' || l.line_no AS line, o.state AS order_state, o.paid_at,
           o.changed_at, o.screening_id, l.seat_id, l.state, l.ticket_id, l.was_admitted,
           r.id AS refund_id, coalesce(r.done_at, r.asked_at) AS refund_at,
           EXISTS (SELECT 1 FROM seat_claim k WHERE k.order_id = l.order_id
                   AND k.line_no = l.line_no AND k.state <> 'BLOCKED') AS is_claimed
    FROM order_line l JOIN orders o ON o.id = l.order_id
    LEFT JOIN order_refund r ON r.order_id = l.order_id AND l.line_no = ANY (r.lines)
        AND r.state <> 'REVOKING'
    WHERE o.paid_at IS NOT NULL ORDER BY (l.order_id::text || '.' || l.line_no) COLLATE "C"
"""
_TICKETS: LiteralString = """
    SELECT t.order_id::text || '.' || t.line_no AS line, t.id, t.status, t.screening_key, t.seat,
           t.issued_at, t.revocation_version, c.revocation_version AS list_version,
           e.facts ->> 'refund' AS refund_id, e.at AS changed_at, a.ticket_id AS admitted_id
    FROM ticket t JOIN cinema c ON c.id = t.cinema_id
    LEFT JOIN ticket_event e ON e.ticket_id = t.id AND e.version = t.version
    LEFT JOIN admission a ON a.ticket_id = t.id
    ORDER BY (t.order_id::text || '.' || t.line_no) COLLATE "C"
"""
_TAKEN_BACK: LiteralString = """
    SELECT order_id::text || '.' || line_no AS line FROM revoked_line
    ORDER BY (order_id::text || '.' || line_no) COLLATE "C"
"""
_HAS_TICKETS = frozenset({"ISSUED", "REFUNDING", "PART_REFUNDED"})


async def _one_per_line(look: Look, tally: Tally) -> None:
    """I16: a ticket for every live line, and none for anything else."""
    await _waiting(look, tally)
    async for pair in _side_by_side(look):
        tally.rows_checked += 1
        what = _mismatch(pair)
        if what is not None and not tally.spared(is_young=_is_fresh(look, pair)):
            tally.found(f"Line {pair.key}: {what}.", _shown(pair), _ISSUE)


def _side_by_side(look: Look) -> AsyncIterator[Pair]:
    return merged(look["movies"].stream(_LINES), look["ticket"].stream(_TICKETS), "line")


def _mismatch(pair: Pair) -> str | None:
    if not pair.left:
        return "it has a ticket, and no such line was paid"
    line, tickets = pair.left[0], pair.right
    is_due = line["order_state"] in _HAS_TICKETS and line["state"] == "LIVE"
    if not is_due:
        return None  # what was refunded is judged by I17, what still waits by its order
    if len(tickets) != 1:
        return f"it has {len(tickets)} tickets"
    ticket = tickets[0]
    if ticket["status"] == "REVOKED":
        return "its ticket is revoked although nobody refunded it"
    if ticket["id"] != line["ticket_id"]:
        return "the order names another ticket"
    ours, theirs = (
        (line["screening_id"], line["seat_id"]),
        (ticket["screening_key"], ticket["seat"]),
    )
    return None if ours == theirs else f"its ticket is for {theirs}, the line for {ours}"


async def _waiting(look: Look, tally: Tally) -> None:
    rows = await look["movies"].rows(
        "SELECT id AS order_id, reference, paid_at, now() - paid_at AS waits FROM orders"
        " WHERE state = 'PAID' AND paid_at < now() - %(within)s::interval ORDER BY paid_at",
        {"within": min(_ISSUED_WITHIN, max(look.settle_age, timedelta(seconds=5)))},
    )
    for row in rows:
        what = f"Order {row['order_id']} is paid and still waits for its tickets."
        tally.found(what, row, _ISSUE)


async def _dead_when_refunded(look: Look, tally: Tally) -> None:
    """I17: a refunded line has no ticket that opens a door, and no seat."""
    taken_back = merged(_only_gone(look), look["ticket"].stream(_TAKEN_BACK), "line")
    known = {pair.key async for pair in taken_back if pair.left and pair.right}
    async for pair in _side_by_side(look):
        if not pair.left or pair.left[0]["refund_id"] is None:
            continue
        tally.rows_checked += 1
        what = _alive(pair, is_noted=pair.key in known)
        if what is not None and not tally.spared(is_young=_is_fresh(look, pair)):
            tally.found(f"Line {pair.key} was refunded: {what}.", _shown(pair), _REVOKE)


async def _only_gone(look: Look) -> AsyncIterator[Row]:
    async for row in look["movies"].stream(_LINES):
        if row["refund_id"] is not None:
            yield row


def _alive(pair: Pair, *, is_noted: bool) -> str | None:
    line, ticket = pair.left[0], pair.right[0] if pair.right else None
    if line["is_claimed"] and not line["was_admitted"]:
        return "its seat is still its own"
    if not is_noted:
        return "nobody took its ticket back"
    if ticket is None:
        return None  # it was never made, and never will be
    if ticket["status"] == "ADMITTED":
        return None if line["was_admitted"] and ticket["admitted_id"] else "its guest is inside"
    if ticket["status"] != "REVOKED":
        return "its ticket still opens the door"
    if ticket["revocation_version"] > ticket["list_version"]:
        return "its ticket is on no list that a door has"
    if ticket["refund_id"] != str(line["refund_id"]):
        return "its ticket was revoked for another reason"
    return None


def _is_fresh(look: Look, pair: Pair) -> bool:
    changes = [("movies", row[at]) for row in pair.left for at in ("changed_at", "refund_at")]
    changes += [("ticket", row[at]) for row in pair.right for at in ("issued_at", "changed_at")]
    return look.is_young(*changes)


def _shown(pair: Pair) -> Row:
    return {
        "line": pair.key,
        "order": pair.left[0] if pair.left else None,
        "tickets": pair.right,
    }


_SCANS: LiteralString = """
    SELECT s.id AS scan_id, s.scanned_at, s.door, s.subject, s.ticket_id, s.cinema_id,
           s.screening_keys, coalesce(r.screening_key, t.screening_key) AS leads_to, t.code,
           t.cinema_id AS own_cinema_id, t.screening_key, t.seat, t.category, t.key_id,
           t.not_before_at, t.not_after_at, k.public_key, k.added_at,
           (SELECT min(e.at) FROM ticket_event e
            WHERE e.ticket_id = t.id AND e.status = 'REVOKED') AS revoked_at
    FROM scan s LEFT JOIN ticket t ON t.id = s.ticket_id LEFT JOIN ticket_key k ON k.id = t.key_id
    LEFT JOIN relocation r ON r.ticket_id = t.id
    WHERE s.outcome = 'VALID' ORDER BY s.scanned_at
"""


async def _valid_scans(look: Look, tally: Tally) -> None:
    """I19: whatever opened a door was signed, known, of that cinema, in time and not revoked."""
    async for row in look["ticket"].stream(_SCANS):
        tally.rows_checked += 1
        for what in _scan_objections(row):
            shown = {name: row[name] for name in row if name not in {"code", "public_key"}}
            tally.found(f"Scan {row['scan_id']} let somebody in: {what}.", shown, _DOOR)


def _scan_objections(row: Row) -> Iterator[str]:
    if row["code"] is None:
        yield "its ticket was never issued"
        return
    if row["added_at"] > row["scanned_at"]:
        yield "the key of its ticket was not known yet"
    yield from _code_objections(row)
    if row["cinema_id"] != row["own_cinema_id"]:
        yield "its ticket is of another cinema"
    if row["screening_keys"] and row["leads_to"] not in row["screening_keys"]:
        yield "its ticket is for another screening"
    if not row["not_before_at"] <= row["scanned_at"] <= row["not_after_at"]:
        yield "the doors were not open for its ticket"
    if row["revoked_at"] is not None and row["revoked_at"] < row["scanned_at"]:
        yield "its ticket had been revoked"


def _code_objections(row: Row) -> Iterator[str]:
    try:
        fields = KeyList({row["key_id"]: bytes(row["public_key"])}).read(row["code"])
    except CodeProblem:
        yield "its code does not verify"
        return
    told = TicketFields(
        ticket_id=row["ticket_id"],
        screening_key=row["screening_key"],
        seat=row["seat"],
        category=row["category"],
        not_before_at=row["not_before_at"],
        not_after_at=row["not_after_at"],
    )
    if fields != told:
        yield "its code says something else than its row"


_entered_once = by_rules(
    (
        Count("ticket", "SELECT count(*) FROM admission"),
        Count("ticket", "SELECT count(*) FROM ticket WHERE status = 'ADMITTED'"),
    ),
    (
        Rule(
            "ticket",
            "Ticket {ticket_id} was admitted {times} times.",
            """
            SELECT ticket_id, count(*) AS times, array_agg(door ORDER BY admitted_at) AS doors
            FROM admission GROUP BY ticket_id HAVING count(*) > 1
            """,
            "Two people came in on one ticket: look for the second one.",
        ),
        Rule(
            "ticket",
            "Ticket {ticket_id} is {status}, and its admission says otherwise.",
            """
            SELECT coalesce(t.id, a.ticket_id) AS ticket_id, t.status, a.admitted_at, a.door
            FROM ticket t FULL JOIN admission a ON a.ticket_id = t.id
            WHERE (t.status = 'ADMITTED') IS DISTINCT FROM (a.ticket_id IS NOT NULL)
            """,
            _DOOR,
        ),
        Rule(
            "ticket",
            "Ticket {ticket_id} opened a door {times} times.",
            """
            SELECT ticket_id, count(*) AS times, array_agg(door ORDER BY scanned_at) AS doors
            FROM scan WHERE outcome = 'VALID' GROUP BY ticket_id HAVING count(*) > 1
            """,
            "Two people came in on one ticket: look for the second one.",
        ),
        Rule(
            "ticket",
            "Scan {scan_id} of ticket {ticket_id} and its admission do not belong together.",
            """
            SELECT coalesce(s.id, a.scan_id) AS scan_id,
                   coalesce(s.ticket_id, a.ticket_id) AS ticket_id, s.scanned_at, a.admitted_at
            FROM (SELECT * FROM scan WHERE outcome = 'VALID') AS s
            -- Scans are kept for a month, admissions for good.
            FULL JOIN (SELECT * FROM admission WHERE admitted_at >= coalesce(
                (SELECT min(scanned_at) FROM scan), 'infinity')) AS a
                ON a.scan_id = s.id AND a.ticket_id = s.ticket_id
            WHERE s.id IS NULL OR a.scan_id IS NULL
            """,
            _DOOR,
        ),
    ),
)

INVARIANTS = (
    Invariant(
        "I16",
        "Every paid line has its one ticket, and no ticket is without a line",
        ("movies", "ticket"),
        _one_per_line,
    ),
    Invariant(
        "I17",
        "The ticket of a refunded line is dead and listed, and its seat is let go",
        ("movies", "ticket"),
        _dead_when_refunded,
    ),
    Invariant(
        "I19",
        "Whatever opened a door was signed, issued, in time, of that cinema and not revoked",
        ("ticket",),
        _valid_scans,
    ),
    Invariant("I20", "No ticket was admitted twice", ("ticket",), _entered_once),
)
