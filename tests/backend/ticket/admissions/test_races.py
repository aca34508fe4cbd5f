"""One entry a ticket, whoever comes at the same time: another door, a refund, the same scan."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from backend.contracts.messages import OrderPaid, TicketRevokeRequested, TicketsRevoked
from backend.ticket.admissions import repository
from backend.ticket.issuing.revoking import on_revoke_requested
from tests.backend.ticket.admissions.scans import SCANNER, codes, outcome, scan
from tests.backend.ticket.builders import CINEMA, order_paid, paid_line, showing
from tests.backend.ticket.rig import Rig, person

pytestmark = pytest.mark.integration


async def test_fifty_doors_at_once_let_one_in(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)

    answers = await asyncio.gather(
        *(
            rig.send("/admissions", person(SCANNER), scan(code, door=f"D{number}"))
            for number in range(50)
        )
    )

    found = [answer.json() for answer in answers]
    assert Counter(one["outcome"] for one in found) == {"VALID": 1, "DUPLICATE": 49}
    (admission,) = await rig.rows("SELECT door, admitted_at FROM admission")
    told = {(one["admitted_door"], datetime.fromisoformat(one["admitted_at"])) for one in found}
    assert told == {(admission["door"], admission["admitted_at"])}
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 50}]


async def test_same_scan_sent_many_times_at_once_is_one_scan(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)
    wanted = {"path": "/admissions", "token": person(SCANNER), "key": "scan-key-1"}

    answers = await asyncio.gather(*(rig.send(**wanted, body=scan(code)) for _ in range(20)))

    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["outcome"] == "VALID"
    replayed = Counter("idempotency-replayed" in answer.headers for answer in answers)
    assert replayed == {True: 19, False: 1}
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 1}]


async def test_scan_waits_for_whoever_changes_the_ticket_now(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)

    async with rig.parts.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM ticket FOR UPDATE")
        waiting = asyncio.create_task(outcome(rig, code))
        # Longer than one wait for a lock, so that the scan has to be tried again.
        await asyncio.sleep(2.3)

    assert await waiting == "VALID"
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 1}]


def refund(paid: OrderPaid) -> TicketRevokeRequested:
    return TicketRevokeRequested(
        order_id=paid.order_id, refund_id=uuid4(), cinema_id=CINEMA, lines=[1]
    )


async def standing(rig: Rig) -> dict[str, Any]:
    (row,) = await rig.rows("SELECT status, revocation_version AS listed FROM ticket")
    (answer,) = rig.listener.of(TicketsRevoked)
    return {**row, "answer": answer.lines[0].outcome}


async def test_door_first_then_refund_leaves_the_ticket_used(rig: Rig):
    paid = order_paid(paid_line(1), **showing())
    await rig.tell(paid)
    (code,) = await codes(rig)

    assert await outcome(rig, code) == "VALID"
    await rig.tell(refund(paid))

    assert await standing(rig) == {"status": "ADMITTED", "listed": None, "answer": "admitted"}
    assert await outcome(rig, code) == "DUPLICATE"


async def test_refund_that_commits_while_a_door_decides_wins(rig: Rig):
    paid = order_paid(paid_line(1), **showing())
    await rig.tell(paid)
    (code,) = await codes(rig)

    # The door reads the ticket as good, then waits for the row that the refund holds.
    async with rig.parts.database.transaction() as connection:
        await on_revoke_requested(connection, refund(paid))
        waiting = asyncio.create_task(outcome(rig, code))
        await asyncio.sleep(0.5)

    assert await waiting == "REVOKED"
    await rig.parts.relay.send_due()
    assert await standing(rig) == {"status": "REVOKED", "listed": 1, "answer": "revoked"}
    assert await rig.rows("SELECT count(*) AS n FROM admission") == [{"n": 0}]


async def test_door_that_commits_while_a_refund_decides_wins(rig: Rig):
    paid = order_paid(paid_line(1), **showing())
    await rig.tell(paid)
    (ticket,) = await rig.rows("SELECT id FROM ticket")
    wanted = {
        "principal": "device-1",
        "route": "POST /admissions",
        "key": "scan-key-1",
        "digest": "00",
        "is_everywhere": False,
        "slugs": ["mesh"],
        "scan_id": str(uuid4()),
        "cinema_id": str(CINEMA),
        "ticket_id": str(ticket["id"]),
        "unread": None,
        "door": "A",
        "screening_keys": [],
    }

    async with rig.parts.database.transaction() as connection:
        (answered,) = await repository.admit(connection, [wanted])
        waiting = asyncio.create_task(rig.tell(refund(paid)))
        await asyncio.sleep(0.5)
    await waiting

    assert answered.decided == "VALID"
    assert await standing(rig) == {"status": "ADMITTED", "listed": None, "answer": "admitted"}


@pytest.mark.parametrize("_round", range(5))
async def test_refund_and_door_agree_who_was_first(rig: Rig, _round):
    paid = order_paid(paid_line(1), **showing())
    await rig.tell(paid)
    (code,) = await codes(rig)

    found, _ = await asyncio.gather(outcome(rig, code), rig.tell(refund(paid)))

    (answer,) = rig.listener.of(TicketsRevoked)
    ((line),) = answer.lines
    assert (found, line.outcome) in {("VALID", "admitted"), ("REVOKED", "revoked")}
