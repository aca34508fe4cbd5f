"""One entry a ticket, whoever comes at the same time: another door, a refund, the same scan."""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import uuid4

import pytest

from backend.contracts.messages import TicketRevokeRequested, TicketsRevoked
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


@pytest.mark.parametrize("_round", range(5))
async def test_refund_and_door_agree_who_was_first(rig: Rig, _round):
    paid = order_paid(paid_line(1), **showing())
    await rig.tell(paid)
    (code,) = await codes(rig)
    wanted = TicketRevokeRequested(
        order_id=paid.order_id, refund_id=uuid4(), cinema_id=CINEMA, lines=[1]
    )

    found, _ = await asyncio.gather(outcome(rig, code), rig.tell(wanted))

    (answer,) = rig.listener.of(TicketsRevoked)
    ((line),) = answer.lines
    assert (found, line.outcome) in {("VALID", "admitted"), ("REVOKED", "revoked")}
