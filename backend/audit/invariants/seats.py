"""Seats: nobody's twice, each in its screening's own room, never taken from a live order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.audit.invariant import Count, Invariant, Look, Rule, Tally, by_rules
from backend.audit.merging import merged
from backend.audit.replay import Breach, SeatLog
from backend.audit.sources import Row

_STOP_SALE = "Stop the sale of the screening, keep both orders' papers, and seat one of them anew."
_EVENTS = """
    SELECT screening_id, version, step, kind, order_id, seats, expires_at, at
    FROM seat_event ORDER BY screening_id, version, step
"""
_CLAIMS = """
    SELECT screening_id, seat_id, order_id, state FROM seat_claim ORDER BY screening_id, seat_id
"""


@dataclass(slots=True)
class Replayed:
    """What the logs of all screenings came to."""

    events: int = 0
    claims: int = 0
    breaches: list[Breach] = field(default_factory=list)
    # Claims that the log does not tell, or tells otherwise.
    differences: list[Row] = field(default_factory=list)


async def replayed(look: Look) -> Replayed:
    """Replay every screening's log, once for all invariants that need it."""

    async def read() -> Replayed:
        found, movies = Replayed(), look["movies"]
        events, claims = movies.stream(_EVENTS), movies.stream(_CLAIMS)
        async for pair in merged(events, claims, "screening_id"):
            log = SeatLog()
            for event in pair.left:
                found.breaches.extend(log.apply(event))
            found.events += len(pair.left)
            found.claims += len(pair.right)
            found.differences.extend(_differences(pair.key, log, pair.right))
        return found

    return await look.once("replayed seats", read)


def _differences(screening_id: int, log: SeatLog, claims: list[Row]) -> list[Row]:
    told = {seat: (claim.order_id, claim.state) for seat, claim in log.claims.items()}
    has = {row["seat_id"]: (row["order_id"], row["state"]) for row in claims}
    return [
        {
            "screening_id": screening_id,
            "seat": seat,
            "claimed": has.get(seat),
            "logged": told.get(seat),
        }
        for seat in sorted(told.keys() | has.keys())
        if told.get(seat) != has.get(seat)
    ]


async def tell_breaches(look: Look, tally: Tally, invariant: str, advice: str) -> None:
    """Note what the replay holds against an invariant."""
    found = await replayed(look)
    tally.rows_checked += found.events
    for breach in found.breaches:
        if breach.invariant == invariant:
            tally.found(
                f"Screening {breach.event['screening_id']}, seat {breach.seat}: {breach.what}.",
                _shown(breach),
                advice,
            )


def _shown(breach: Breach) -> Mapping[str, object]:
    had = breach.before
    return {
        **breach.event,
        "had": None if had is None else str(had.order_id),
        "had_until": None if had is None else had.expires_at,
    }


_seats_once = by_rules(
    (
        Count("movies", "SELECT count(*) FROM seat_claim"),
        Count("ticket", "SELECT count(*) FROM ticket WHERE status IN ('ISSUED', 'ADMITTED')"),
    ),
    (
        Rule(
            "movies",
            "Seat {seat_id} of screening {screening_id} is claimed {claims} times.",
            """
            SELECT screening_id, seat_id, count(*) AS claims,
                   array_agg(order_id::text ORDER BY order_id) AS orders
            FROM seat_claim GROUP BY screening_id, seat_id HAVING count(*) > 1
            """,
            _STOP_SALE,
        ),
        Rule(
            "ticket",
            "Seat {seat} of screening {screening_key} has {tickets} tickets that open the door.",
            """
            SELECT coalesce(r.screening_key, t.screening_key) AS screening_key,
                   coalesce(r.seat, t.seat) AS seat, count(*) AS tickets,
                   array_agg(t.id::text ORDER BY t.id) AS ids
            FROM ticket t LEFT JOIN relocation r ON r.ticket_id = t.id
            WHERE t.status IN ('ISSUED', 'ADMITTED')
            GROUP BY 1, 2 HAVING count(*) > 1
            """,
            _STOP_SALE,
        ),
    ),
)


async def _sold_once(look: Look, tally: Tally) -> None:
    await _seats_once(look, tally)
    await tell_breaches(look, tally, "I1", _STOP_SALE)


async def _not_taken(look: Look, tally: Tally) -> None:
    advice = "Somebody may have lost seats while paying: look at both orders before the doors open."
    await tell_breaches(look, tally, "I6", advice)


INVARIANTS = (
    Invariant(
        "I1",
        "No seat is claimed, sold or ticketed twice",
        ("movies", "ticket"),
        _sold_once,
        is_starred=True,
    ),
    Invariant(
        "I2",
        "Every claimed seat is of its screening's room, and was taken before the sale closed",
        ("movies",),
        by_rules(
            (Count("movies", "SELECT count(*) FROM seat_claim"),),
            (
                Rule(
                    "movies",
                    "Seat {seat_id} of screening {screening_id} is not of its room's layout.",
                    """
                    SELECT k.screening_id, k.seat_id, k.order_id, k.layout_id,
                           s.layout_id AS own_layout_id
                    FROM seat_claim k
                    LEFT JOIN screening s ON s.id = k.screening_id
                    LEFT JOIN layout l ON l.id = s.layout_id AND l.room_id = s.room_id
                    LEFT JOIN layout_seat p ON p.layout_id = l.id AND p.seat_id = k.seat_id
                    WHERE p.seat_id IS NULL OR k.layout_id IS DISTINCT FROM s.layout_id
                    """,
                    "Refund the seat: nobody can sit on it.",
                ),
                Rule(
                    "movies",
                    "Order {order_id} did {kind} on screening {screening_id} after its sale.",
                    """
                    SELECT e.screening_id, e.version, e.kind, e.order_id, e.at,
                           s.sale_closes_at, s.closed_version
                    FROM seat_event e JOIN screening s ON s.id = e.screening_id
                    WHERE (e.kind = 'HOLD' OR e.kind = 'PAY' AND e.expires_at IS NOT NULL)
                      AND (e.version > s.closed_version OR e.at >= s.sale_closes_at)
                    """,
                    "Find out how it passed the close; refund it if the house cannot take it.",
                ),
            ),
        ),
        is_starred=True,
    ),
    Invariant(
        "I4",
        "No two screenings are in one room at once",
        ("movies",),
        by_rules(
            (Count("movies", "SELECT count(*) FROM screening WHERE state <> 'cancelled'"),),
            (
                Rule(
                    "movies",
                    "Screenings {screening_id} and {other_id} are in room {room_id} at once.",
                    """
                    SELECT a.room_id, a.id AS screening_id, b.id AS other_id,
                           a.starts_at, b.starts_at AS other_starts_at
                    FROM screening a
                    -- As the constraint has it, so that its own index finds the pairs.
                    JOIN screening b ON b.id > a.id AND b.occupied && a.occupied
                        AND int4range(b.room_id, b.room_id, '[]')
                            && int4range(a.room_id, a.room_id, '[]')
                    WHERE a.state <> 'cancelled' AND b.state <> 'cancelled'
                    """,
                    "Move or cancel one of them before more seats are sold.",
                ),
                Rule(
                    "movies",
                    "Screening {screening_id} runs outside the time that its room is kept for it.",
                    """
                    SELECT id AS screening_id, room_id, starts_at, ends_at, occupied::text
                    FROM screening WHERE state <> 'cancelled'
                      AND NOT occupied @> tstzrange(starts_at, ends_at)
                    """,
                    "Schedule it anew: another screening may be put beside it.",
                ),
            ),
        ),
        is_starred=True,
    ),
    Invariant(
        "I6",
        "No seat is taken over before its hold ran out, and none that is being paid or sold",
        ("movies",),
        _not_taken,
        is_starred=True,
    ),
)
