"""Paid orders become tickets: exactly one a line, whatever the broker does."""

import asyncio
from uuid import uuid4

import pytest

from backend.contracts.messages import TicketRevokeRequested, TicketsIssued, TicketsRevoked
from tests.backend.ticket.builders import CINEMA, OTHER_CINEMA, order_paid, paid_line
from tests.backend.ticket.counting import quiet, statements
from tests.backend.ticket.rig import Rig

pytestmark = pytest.mark.integration


def revoke(paid, *lines: int, **changes) -> TicketRevokeRequested:
    given = {
        "order_id": paid.order_id,
        "refund_id": uuid4(),
        "cinema_id": CINEMA,
        "lines": list(lines),
        **changes,
    }
    return TicketRevokeRequested(**given)


async def test_each_line_gets_one_ticket(rig: Rig):
    paid = order_paid()

    await rig.tell(paid)

    (issued,) = rig.listener.of(TicketsIssued)
    rows = await rig.rows("SELECT line_no, id, status, key_id FROM ticket ORDER BY line_no")
    assert {row["line_no"]: row["id"] for row in rows} == issued.tickets
    assert [(row["line_no"], row["status"], row["key_id"]) for row in rows] == [
        (1, "ISSUED", 7),
        (2, "ISSUED", 7),
    ]


@pytest.mark.parametrize("seats", [1, 10])
async def test_issuing_takes_as_many_statements_for_a_party_as_for_one(
    rig: Rig, monkeypatch, seats
):
    await quiet(rig)

    with statements(monkeypatch) as sent:
        await rig.tell(order_paid(*(paid_line(number) for number in range(1, seats + 1))))

    assert [one.split("(")[0].strip() for one in sent][:4] == [
        "INSERT INTO inbox",
        "SELECT * FROM issue_tickets",
        "INSERT INTO mail",
        "INSERT INTO outbox",
    ]
    # Then the relay of this test sends the answer: it looks for it, maybe twice, and marks it.
    looks = [one for one in sent if "published_at IS NULL AND not_before" in one]
    assert len(sent) - len(looks) == 5
    assert await rig.rows("SELECT count(*) AS n FROM ticket") == [{"n": seats}]


async def test_repeated_order_keeps_its_tickets_and_is_answered_again(rig: Rig):
    paid = order_paid()

    await rig.tell(paid, version=4)
    await rig.tell(paid, version=4)
    await rig.tell(paid, version=3)

    answers = rig.listener.of(TicketsIssued)
    assert [one.tickets for one in answers] == [answers[0].tickets] * 3
    assert [one.version for one in rig.listener.heard] == [1, 2, 3]
    assert await rig.rows("SELECT count(*) AS n FROM ticket") == [{"n": 2}]
    assert await rig.rows("SELECT count(*) AS n FROM mail") == [{"n": 1}]
    assert await rig.rows("SELECT order_version FROM paid_order") == [{"order_version": 4}]


async def test_same_order_told_many_times_at_once_is_issued_once(rig: Rig):
    paid = order_paid()

    await asyncio.gather(*(rig.tell(paid) for _ in range(20)))

    assert await rig.rows("SELECT count(*) AS n FROM ticket") == [{"n": 2}]
    assert await rig.rows("SELECT count(*) AS n FROM ticket_event") == [{"n": 2}]
    assert await rig.rows("SELECT count(*) AS n FROM dead_letter") == [{"n": 0}]


async def test_seat_sold_twice_is_parked_and_changes_nothing(rig: Rig):
    await rig.tell(order_paid(paid_line(1, seat=5)))

    await rig.tell(order_paid(paid_line(1, seat=4), paid_line(2, seat=5)))

    assert await rig.rows("SELECT seat FROM ticket") == [{"seat": 5}]
    assert await rig.rows("SELECT count(*) AS n FROM paid_order") == [{"n": 1}]
    (letter,) = await rig.rows("SELECT consumer, tries, error FROM dead_letter")
    assert (letter["consumer"], letter["tries"]) == ("ticket", 1)
    assert "live ticket already" in letter["error"]
    assert len(rig.listener.of(TicketsIssued)) == 1


async def test_parked_order_told_again_is_one_dead_letter_and_no_ticket(rig: Rig):
    await rig.tell(order_paid(paid_line(1, seat=5)))
    twice = order_paid(paid_line(1, seat=5))

    await rig.tell(twice)
    await rig.tell(twice)
    await rig.tell(twice)

    assert await rig.rows("SELECT count(*) AS n FROM dead_letter") == [{"n": 1}]
    assert await rig.rows("SELECT count(*) AS n FROM ticket") == [{"n": 1}]
    # The first message is in the dead letters, the two later ones are done.
    assert await rig.rows("SELECT count(*) AS n FROM inbox") == [{"n": 3}]


async def test_parked_order_is_issued_once_a_person_has_freed_its_seat(rig: Rig):
    first, twice = order_paid(paid_line(1, seat=5)), order_paid(paid_line(1, seat=5))
    await rig.tell(first)
    await rig.tell(twice)
    await rig.tell(revoke(first, 1))
    async with rig.parts.database.connection() as connection:
        await connection.execute("UPDATE dead_letter SET replayed_at = clock_timestamp()")

    await rig.tell(twice)

    rows = await rig.rows("SELECT order_id FROM ticket WHERE status = 'ISSUED'")
    assert rows == [{"order_id": twice.order_id}]


async def test_seat_of_a_revoked_ticket_can_be_sold_again(rig: Rig):
    first = order_paid(paid_line(1, seat=5))
    await rig.tell(first)
    await rig.tell(revoke(first, 1))

    await rig.tell(order_paid(paid_line(1, seat=5)))

    rows = await rig.rows("SELECT status FROM ticket ORDER BY status")
    assert [row["status"] for row in rows] == ["ISSUED", "REVOKED"]


async def test_revocation_kills_only_its_lines_and_moves_the_list_on(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)

    await rig.tell(revoke(paid, 2))

    (answer,) = rig.listener.of(TicketsRevoked)
    assert [(one.line_no, one.outcome) for one in answer.lines] == [(2, "revoked")]
    rows = await rig.rows("SELECT line_no, status, revocation_version FROM ticket ORDER BY line_no")
    assert [tuple(row.values()) for row in rows] == [(1, "ISSUED", None), (2, "REVOKED", 1)]
    assert await rig.rows("SELECT revocation_version FROM cinema") == [{"revocation_version": 1}]


async def test_revocation_asked_again_gets_the_same_answer(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)
    wanted = revoke(paid, 1, 2)

    await rig.tell(wanted)
    await rig.tell(wanted)

    first, second = rig.listener.of(TicketsRevoked)
    assert first == second
    assert await rig.rows("SELECT revocation_version FROM cinema") == [{"revocation_version": 1}]


async def test_line_revoked_before_its_order_came_never_gets_a_ticket(rig: Rig):
    paid = order_paid()

    await rig.tell(revoke(paid, 1))
    await rig.tell(paid)

    (answer,) = rig.listener.of(TicketsRevoked)
    (issued,) = rig.listener.of(TicketsIssued)
    assert [(one.line_no, one.outcome) for one in answer.lines] == [(1, "revoked")]
    assert list(issued.tickets) == [2]


async def test_order_without_address_has_tickets_and_no_mail(rig: Rig):
    await rig.tell(order_paid(email=None))

    assert await rig.rows("SELECT count(*) AS n FROM ticket") == [{"n": 2}]
    assert await rig.rows("SELECT count(*) AS n FROM mail") == [{"n": 0}]


async def test_cinemas_have_lists_of_their_own(rig: Rig):
    ours = order_paid(paid_line(1))
    theirs = order_paid(paid_line(1), cinema_id=OTHER_CINEMA, cinema_slug="other", screening_key=88)
    await rig.tell(ours)
    await rig.tell(theirs)

    await rig.tell(revoke(theirs, 1, cinema_id=OTHER_CINEMA))

    rows = await rig.rows("SELECT slug, revocation_version FROM cinema ORDER BY slug")
    assert [tuple(row.values()) for row in rows] == [("mesh", 0), ("other", 1)]
