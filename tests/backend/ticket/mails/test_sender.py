"""Mails leave once, are tried again when the server is away, and say when they cannot."""

import asyncio
from uuid import uuid4

import pytest

from backend.contracts.messages import OrderLapsed, OrderRefunded, TicketRevokeRequested
from backend.ticket.mails.post import AddressRefused, PostAway
from tests.backend.ticket.builders import CINEMA, STARTS_AT, order_paid
from tests.backend.ticket.rig import OWNER, Rig, guest, person

pytestmark = pytest.mark.integration


async def status(rig: Rig, wanted: str) -> bool:
    rows = await rig.rows("SELECT status FROM mail")
    return bool(rows) and {row["status"] for row in rows} == {wanted}


async def sent(rig: Rig) -> bool:
    return await status(rig, "SENT")


async def test_paid_order_is_mailed_with_its_pdf(rig: Rig):
    paid = order_paid()

    await rig.tell(paid)
    await rig.until(lambda: sent(rig))

    (message,) = rig.post.taken
    (attachment,) = message.iter_attachments()
    answer = (await rig.get(f"/orders/{paid.order_id}/tickets", guest(OWNER))).json()
    assert message["Message-ID"] == f"<tickets.{paid.order_id}.1@localhost>"
    assert attachment.get_content().startswith(b"%PDF-")
    assert (answer["mailed_at"] is not None, answer["mail_problem"]) == (True, None)


async def test_mail_is_tried_again_until_the_server_takes_it(rig: Rig):
    rig.post.failures = [PostAway("away"), PostAway("busy")]

    await rig.tell(order_paid())
    await rig.until(lambda: sent(rig))

    assert len(rig.post.taken) == 1
    assert await rig.rows("SELECT tries, problem FROM mail") == [{"tries": 3, "problem": None}]


async def test_server_that_stays_away_is_shown_on_the_order(rig: Rig):
    rig.post.failures = [PostAway("away")] * 10_000
    paid = order_paid()

    await rig.tell(paid)

    async def told() -> bool:
        answer = await rig.get(f"/orders/{paid.order_id}/tickets", guest(OWNER))
        return bool(answer.json()["mail_problem"] == "retrying")

    await rig.until(told)


async def test_refused_address_is_not_tried_again(rig: Rig):
    rig.post.failures = [AddressRefused("no such user")]
    paid = order_paid()

    await rig.tell(paid)
    await rig.until(lambda: status(rig, "FAILED"))

    answer = (await rig.get(f"/orders/{paid.order_id}/tickets", guest(OWNER))).json()
    assert (answer["mailed_at"], answer["mail_problem"]) == (None, "refused")
    assert rig.post.taken == []


async def test_resend_is_one_new_mail_for_each_intent(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)
    path, desk = f"/orders/{paid.order_id}/resend", person("box_office")

    first = await rig.send(path, desk, key="resend-key-1")
    again = await rig.send(path, desk, key="resend-key-1")
    await rig.until(lambda: sent(rig))

    assert (first.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    ids = sorted(str(message["Message-ID"]) for message in rig.post.taken)
    assert ids == [f"<tickets.{paid.order_id}.{number}@localhost>" for number in (1, 2)]


async def test_resend_without_address_is_refused(rig: Rig):
    paid = order_paid(email=None)
    await rig.tell(paid)

    answer = await rig.send(f"/orders/{paid.order_id}/resend", person("box_office"))

    assert (answer.status_code, answer.json()["error"]) == (409, "MailNeedsAddress")


async def test_mail_is_dropped_when_no_ticket_is_left(rig: Rig):
    rig.post.failures = [PostAway("away")] * 3
    paid = order_paid()
    await rig.tell(paid)
    await rig.tell(
        TicketRevokeRequested(
            order_id=paid.order_id, refund_id=uuid4(), cinema_id=CINEMA, lines=[1, 2]
        )
    )

    await rig.until(lambda: status(rig, "DROPPED"))

    assert rig.post.taken == []


async def test_news_are_told_once_for_each_cause(rig: Rig):
    lapsed = OrderLapsed(
        order_id=uuid4(),
        reference="7K2M-P9QX-4TBD",
        language="en",
        email="ana@example.com",
        cinema_name="Cinema Mesh",
        film_title="Metropolis",
        starts_at=STARTS_AT,
        zone="Europe/Bucharest",
        reason="nothing_charged",
    )
    refunded = OrderRefunded(
        order_id=lapsed.order_id,
        refund_id=uuid4(),
        reference=lapsed.reference,
        language="en",
        email="ana@example.com",
        cinema_name="Cinema Mesh",
        film_title="Metropolis",
        currency="RON",
        amount_minor=3450,
    )

    for message in (lapsed, lapsed, refunded, refunded):
        await rig.tell(message)
    await rig.until(lambda: sent(rig))

    assert sorted(str(message["Subject"]) for message in rig.post.taken) == [
        "No tickets: Metropolis",
        "Refund: Metropolis",
    ]


async def test_mail_survives_a_sender_that_died(rig: Rig):
    rig.post.failures = [PostAway("away")] * 10_000
    await rig.tell(order_paid())
    await rig.parts.sender.stop()
    rig.post.failures.clear()
    await rig.rows("UPDATE mail SET due_at = clock_timestamp() RETURNING 1")

    await rig.parts.sender.send_due()

    assert len(rig.post.taken) == 1


async def test_sender_stops_although_it_is_woken_in_the_same_moment(rig: Rig):
    # Long enough for the sender to have looked once and to wait.
    await asyncio.sleep(0.2)

    rig.parts.sender.wake()
    async with asyncio.timeout(10):
        await rig.parts.sender.stop()
