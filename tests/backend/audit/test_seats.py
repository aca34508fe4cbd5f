"""Damage to seats and orders, and what the checker says about it."""

import pytest

from tests.backend.audit.planting import planted

pytestmark = pytest.mark.integration

SOLD_AGAIN = (
    "movies: INSERT INTO seat_event (screening_id, version, step, kind, order_id, seats, at)"
    " SELECT screening_id, version + 1000, 0, 'SELL', %(held)s, '{{3}}', now()"
    " FROM seat_event WHERE order_id = %(issued)s AND kind = 'SELL'"
)
ONE_CLAIM = "WHERE order_id = %(issued)s AND seat_id = 3"
SECOND_SCREENING = (
    "movies: INSERT INTO screening (id, public_id, cinema_id, film_id, room_id, layout_id,"
    " price_card_id, starts_at, ends_at, occupied, business_day, format, spoken_language,"
    " subtitles, trailers_minutes, state, sale_opens_at, sale_closes_at)"
    " OVERRIDING SYSTEM VALUE SELECT 2, gen_random_uuid(), cinema_id, film_id, room_id, layout_id,"
    " price_card_id, starts_at, ends_at, occupied, business_day, format, spoken_language,"
    " subtitles, trailers_minutes, state, sale_opens_at, sale_closes_at FROM screening"
)
PLANTED = [
    planted(
        "claimed twice",
        "I1",
        "movies: ALTER TABLE seat_claim DROP CONSTRAINT seat_claim_pkey",
        "movies: INSERT INTO seat_claim SELECT screening_id, seat_id, layout_id, %(held)s, 1, state"
        f" FROM seat_claim {ONE_CLAIM}",
        says="Seat 3 of screening 1 is claimed 2 times.",
    ),
    planted(
        "ticketed twice",
        "I1",
        "ticket: DROP INDEX ticket_seat_once",
        "ticket: UPDATE ticket SET seat = 3 WHERE order_id = %(part)s AND line_no = 2",
        says="Seat 3 of screening 1 has 2 tickets that open the door.",
    ),
    planted(
        "sold twice",
        "I1",
        SOLD_AGAIN,
        says="Screening 1, seat 3: the seat was sold again without being released.",
    ),
    planted(
        "no such seat",
        "I2",
        f"movies: UPDATE seat_claim SET seat_id = 999 {ONE_CLAIM}",
        says="Seat 999 of screening 1 is not of its room's layout.",
    ),
    planted(
        "held after somebody closed",
        "I2",
        "movies: UPDATE screening SET closed_version ="
        " (SELECT max(version) - 1 FROM seat_event WHERE kind = 'HOLD')",
        "movies: DELETE FROM seat_event WHERE kind <> 'HOLD'",
        says="Order {cancelled} did HOLD on screening 1 after its sale.",
    ),
    planted(
        "held after the sale's time",
        "I2",
        "movies: UPDATE screening SET sale_closes_at ="
        " (SELECT min(at) FROM seat_event WHERE order_id = %(cancelled)s)",
        "movies: DELETE FROM seat_event WHERE order_id <> %(cancelled)s",
        says="Order {cancelled} did HOLD on screening 1 after its sale.",
    ),
    planted(
        "two states",
        "I3",
        f"movies: UPDATE seat_claim SET state = 'PAYING' {ONE_CLAIM}",
        says="The claims of order {issued} are in the states PAYING and SOLD.",
    ),
    planted(
        "a seat too few",
        "I3",
        "movies: DELETE FROM seat_claim WHERE order_id = %(part)s AND line_no = 2",
        says="Order {part} is for 2 seats and claims 1.",
    ),
    planted(
        "over the cap",
        "I3",
        "movies: INSERT INTO seat_claim"
        " SELECT 1, n, 1, %(issued)s, 1, 'SOLD' FROM generate_series(101, 109) AS n",
        says=(
            "Order {issued} is for 2 seats and claims 11.",
            "{buyer} has 11 seats of screening 1; the cap is 10.",
        ),
    ),
    planted(
        "two screenings in a room",
        "I4",
        "movies: ALTER TABLE screening DROP CONSTRAINT screening_overlap",
        SECOND_SCREENING,
        says="Screenings 1 and 2 are in room 1 at once.",
    ),
    planted(
        "a room that is not kept",
        "I4",
        "movies: UPDATE screening SET occupied = tstzrange(starts_at, starts_at + '1 min')",
        says="Screening 1 runs outside the time that its room is kept for it.",
    ),
    planted(
        "a sold seat is free",
        "I5",
        f"movies: DELETE FROM seat_claim {ONE_CLAIM}",
        says="Order {issued} (ISSUED) and its claims differ about seat 3.",
    ),
    planted(
        "a sold seat is held",
        "I5",
        f"movies: UPDATE seat_claim SET state = 'HELD' {ONE_CLAIM}",
        says="Order {issued} is ISSUED and claims seat 3 as HELD.",
    ),
    planted(
        "an expired order has seats",
        "I5",
        "movies: UPDATE orders SET state = 'EXPIRED' WHERE id = %(held)s",
        says=(
            "Order {held} (EXPIRED) and its claims differ about seat 42.",
            "Order {held} (EXPIRED) and its claims differ about seat 43.",
            "Order {held} is EXPIRED and claims seat 42 as HELD.",
            "Order {held} is EXPIRED and claims seat 43 as HELD.",
        ),
    ),
    planted(
        "a paid seat is blocked",
        "I5",
        f"movies: UPDATE seat_claim SET state = 'BLOCKED' {ONE_CLAIM}",
        says=(
            "Order {issued} (ISSUED) and its claims differ about seat 3.",
            "Seat 3 is blocked for order {issued}, whose line was not refunded.",
        ),
    ),
    planted(
        "taken too early",
        "I6",
        "movies: UPDATE seat_event SET at = at - interval '1 min' WHERE kind = 'EXPIRE'",
        says=(
            "Screening 1, seat 31: the seat was taken before its hold had run out.",
            "Screening 1, seat 32: the seat was taken before its hold had run out.",
        ),
    ),
    planted(
        "taken from a sale",
        "I6",
        SOLD_AGAIN.replace("SELL", "TAKE_OVER", 1).replace("%(held)s", "%(issued)s"),
        says="Screening 1, seat 3: the seat was taken by time while it was SOLD.",
    ),
    planted(
        "held over a sale",
        "I6",
        SOLD_AGAIN.replace("SELL", "HOLD", 1),
        says="Screening 1, seat 3: the seat went to another order while it was SOLD.",
    ),
    planted(
        "an order",
        "LOG",
        "movies: UPDATE orders SET state = 'CANCELLED' WHERE id = %(held)s",
        says="Order {held} is CANCELLED in version {held_version}, and its log ends otherwise.",
    ),
    planted(
        "an attempt",
        "LOG",
        "payment: UPDATE attempt SET state = 'FAILED' WHERE order_id = %(held)s",
        says="Attempt 1 of order {held} is FAILED in version 3, and its log ends otherwise.",
    ),
    planted(
        "a ticket",
        "LOG",
        "ticket: DELETE FROM ticket_event WHERE status = 'ADMITTED'",
        says="Ticket {admitted} is ADMITTED in version 2, and its log ends otherwise.",
    ),
    planted(
        "a claim",
        "LOG",
        f"movies: DELETE FROM seat_claim {ONE_CLAIM}",
        says="Seat 3 of screening 1 is not as its log says.",
    ),
]


@pytest.mark.parametrize("damage", PLANTED)
async def test_damage_is_found(damaged, damage):
    await damaged.finds(damage)
