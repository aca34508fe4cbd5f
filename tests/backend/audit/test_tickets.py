"""Damage to tickets and doors, and what the checker says about it."""

import pytest

from tests.backend.audit.planting import planted

pytestmark = pytest.mark.integration

LET_IN = "Scan {scan} let somebody in: "
PLANTED = [
    planted(
        "a line without a ticket",
        "I16",
        "ticket: DELETE FROM ticket WHERE order_id = %(issued)s AND line_no = 2",
        says="Line {issued}.2: it has 0 tickets.",
    ),
    planted(
        "a ticket without a line",
        "I16",
        "movies: UPDATE orders SET paid_at = NULL WHERE id = %(blocked)s",
        says=(
            "Line {blocked}.1: it has a ticket, and no such line was paid.",
            "Line {blocked}.2: it has a ticket, and no such line was paid.",
            "Line {blocked}.3: it has a ticket, and no such line was paid.",
        ),
    ),
    planted(
        "a revoked ticket of a live line",
        "I16",
        "ticket: UPDATE ticket SET status = 'REVOKED', revocation_version = 1"
        " WHERE order_id = %(issued)s AND line_no = 2",
        says="Line {issued}.2: its ticket is revoked although nobody refunded it.",
    ),
    planted(
        "another ticket",
        "I16",
        "movies: UPDATE order_line SET ticket_id = gen_random_uuid()"
        " WHERE order_id = %(issued)s AND line_no = 2",
        says="Line {issued}.2: the order names another ticket.",
    ),
    planted(
        "a ticket for another seat",
        "I16",
        "ticket: UPDATE ticket SET seat = 60 WHERE order_id = %(issued)s AND line_no = 2",
        says="Line {issued}.2: its ticket is for (1, 60), the line for (1, 4).",
    ),
    planted(
        "paid and waiting",
        "I16",
        "movies: UPDATE orders SET state = 'PAID', paid_at = '2026-01-01' WHERE id = %(issued)s",
        says="Order {issued} is paid and still waits for its tickets.",
    ),
    planted(
        "a refunded ticket that opens the door",
        "I17",
        "ticket: UPDATE ticket SET status = 'ISSUED', revocation_version = NULL"
        " WHERE order_id = %(part)s AND line_no = 1",
        says="Line {part}.1 was refunded: its ticket still opens the door.",
    ),
    planted(
        "a refunded guest inside",
        "I17",
        "ticket: UPDATE ticket SET status = 'ADMITTED', revocation_version = NULL"
        " WHERE order_id = %(part)s AND line_no = 1",
        says="Line {part}.1 was refunded: its guest is inside.",
    ),
    planted(
        "a revocation on no list",
        "I17",
        "ticket: UPDATE cinema SET revocation_version = 0",
        says=(
            "Line {blocked}.2 was refunded: its ticket is on no list that a door has.",
            "Line {part}.1 was refunded: its ticket is on no list that a door has.",
            "Line {refunded}.1 was refunded: its ticket is on no list that a door has.",
            "Line {refunded}.2 was refunded: its ticket is on no list that a door has.",
        ),
    ),
    planted(
        "a revocation of another refund",
        "I17",
        'ticket: UPDATE ticket_event SET facts = \'{{"refund": "another"}}\''
        " WHERE status = 'REVOKED' AND ticket_id ="
        " (SELECT id FROM ticket WHERE order_id = %(part)s AND line_no = 1)",
        says="Line {part}.1 was refunded: its ticket was revoked for another reason.",
    ),
    planted(
        "a refund that ticket never heard of",
        "I17",
        "ticket: DELETE FROM revoked_line WHERE order_id = %(part)s",
        says="Line {part}.1 was refunded: nobody took its ticket back.",
    ),
    planted(
        "a refunded seat that is kept",
        "I17",
        "movies: INSERT INTO seat_claim SELECT screening_id, 13, layout_id, order_id, 1, 'SOLD'"
        " FROM seat_claim WHERE order_id = %(part)s AND line_no = 2",
        says="Line {part}.1 was refunded: its seat is still its own.",
    ),
    planted(
        "a forged code",
        "I19",
        "ticket: UPDATE ticket SET code = overlay(code placing '00000000' from 237)"
        " WHERE id = '{admitted}'",
        says=LET_IN + "its code does not verify.",
    ),
    planted(
        "a code that says something else",
        "I19",
        "ticket: UPDATE ticket SET seat = 60 WHERE id = '{admitted}'",
        says=LET_IN + "its code says something else than its row.",
    ),
    planted(
        "a ticket that was never issued",
        "I19",
        "ticket: DELETE FROM ticket WHERE id = '{admitted}'",
        says=LET_IN + "its ticket was never issued.",
    ),
    planted(
        "a door that was not open",
        "I19",
        "ticket: UPDATE scan SET scanned_at = scanned_at + interval '1 day' WHERE id = '{scan}'",
        says=LET_IN + "the doors were not open for its ticket.",
    ),
    planted(
        "a key that came later",
        "I19",
        "ticket: UPDATE ticket_key SET added_at = added_at + interval '1 day'",
        says=LET_IN + "the key of its ticket was not known yet.",
    ),
    planted(
        "another cinema's ticket",
        "I19",
        "ticket: UPDATE scan SET cinema_id = gen_random_uuid() WHERE id = '{scan}'",
        says=LET_IN + "its ticket is of another cinema.",
    ),
    planted(
        "another screening's ticket",
        "I19",
        "ticket: UPDATE scan SET screening_keys = '{{2, 3}}' WHERE id = '{scan}'",
        says=LET_IN + "its ticket is for another screening.",
    ),
    planted(
        "a ticket that was moved away",
        "I19",
        "ticket: UPDATE scan SET screening_keys = '{{1}}' WHERE id = '{scan}'",
        "ticket: INSERT INTO relocation (ticket_id, cinema_id, screening_key, seat, row_label,"
        " seat_label, room_name, version) SELECT id, cinema_id, 2, 1, 'A', '1', 'Room 2', 1"
        " FROM ticket WHERE id = '{admitted}'",
        says=LET_IN + "its ticket is for another screening.",
    ),
    planted(
        "a revoked ticket",
        "I19",
        "ticket: INSERT INTO ticket_event (ticket_id, version, status, actor, at)"
        " VALUES ('{admitted}', 9, 'REVOKED', 'movies', '2026-01-01')",
        says=LET_IN + "its ticket had been revoked.",
    ),
    planted(
        "admitted twice",
        "I20",
        "ticket: ALTER TABLE admission DROP CONSTRAINT admission_pkey",
        "ticket: INSERT INTO admission SELECT ticket_id, gen_random_uuid(), 'B', subject,"
        " '2026-01-01' FROM admission",
        says="Ticket {admitted} was admitted 2 times.",
    ),
    planted(
        "admitted and not so",
        "I20",
        "ticket: UPDATE ticket SET status = 'ISSUED' WHERE id = '{admitted}'",
        says="Ticket {admitted} is ISSUED, and its admission says otherwise.",
    ),
    planted(
        "two green lights",
        "I20",
        "ticket: UPDATE scan SET outcome = 'VALID'",
        says=(
            "Scan {second_scan} of ticket {admitted} and its admission do not belong together.",
            "Ticket {admitted} opened a door 2 times.",
        ),
    ),
    planted(
        "a green light without an admission",
        "I20",
        "ticket: DELETE FROM admission",
        says=(
            "Scan {scan} of ticket {admitted} and its admission do not belong together.",
            "Ticket {admitted} is ADMITTED, and its admission says otherwise.",
        ),
    ),
]


@pytest.mark.parametrize("damage", PLANTED)
async def test_damage_is_found(damaged, damage):
    await damaged.finds(damage)


async def test_a_guest_inside_keeps_a_refunded_seat(damaged):
    line = (
        "UPDATE order_line SET was_admitted = true, state = 'REFUNDED'"
        " WHERE order_id = %(issued)s AND line_no = 1"
    )
    refund = (
        "INSERT INTO order_refund (id, order_id, attempt, lines, amount_minor, seats, state,"
        " origin, actor, reason, made_at) VALUES (gen_random_uuid(), %(issued)s, 1, '{1}', 3350,"
        " 'free', 'DONE', 'us', 'manager', 'a test', now())"
    )
    noted = (
        "INSERT INTO revoked_line (order_id, line_no, refund_id, outcome)"
        " VALUES (%(issued)s, 1, gen_random_uuid(), 'admitted')"
    )
    await damaged.plant(("movies", line), ("movies", refund), ("ticket", noted))

    assert [await damaged.found(name) for name in ("I3", "I5", "I16", "I17")] == [[], [], [], []]
