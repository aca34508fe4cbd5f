"""People are forgotten when it is time, and not a day earlier."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from backend.ticket.mails.post import AddressRefused
from backend.ticket.retention import Retention
from tests.backend.ticket.builders import CINEMA, order_paid, paid_line
from tests.backend.ticket.rig import OWNER, Rig, guest

pytestmark = pytest.mark.integration
ADDRESS = "ana@example.com"


def retention(rig: Rig) -> Retention:
    return Retention(rig.parts.database, contacts=timedelta(days=90), scans=timedelta(days=30))


def ended(days: int, *, seat: int):
    ends_at = datetime.now(UTC) - timedelta(days=days)
    return order_paid(
        paid_line(1, seat=seat), starts_at=ends_at - timedelta(hours=2), ends_at=ends_at
    )


async def told(rig: Rig, status: str) -> bool:
    rows = await rig.rows("SELECT status FROM mail")
    return {row["status"] for row in rows} == {status}


async def test_address_is_erased_ninety_days_after_the_screening(rig: Rig):
    rig.post.failures = [AddressRefused(f"550 no such user {ADDRESS}")] * 2
    old, recent = ended(91, seat=1), ended(89, seat=2)
    await rig.tell(old)
    await rig.tell(recent)
    await rig.until(lambda: told(rig, "FAILED"))

    await retention(rig).round()

    rows = await rig.rows(
        "SELECT o.id, o.email, m.recipient, m.error IS NULL AS is_silent"
        " FROM paid_order o JOIN mail m ON m.order_id = o.id ORDER BY o.ends_at"
    )
    assert [tuple(row.values()) for row in rows] == [
        (old.order_id, None, "", True),
        (recent.order_id, ADDRESS, ADDRESS, False),
    ]
    assert await retention(rig).round() == 0


async def test_tickets_and_receipt_of_a_forgotten_buyer_stay(rig: Rig):
    old = ended(91, seat=1)
    await rig.tell(old)
    await rig.until(lambda: told(rig, "SENT"))

    await retention(rig).round()

    answer = await rig.get(f"/orders/{old.order_id}/receipt.pdf", guest(OWNER))
    assert answer.content.startswith(b"%PDF-")


async def test_news_mail_forgets_the_address_in_its_facts(rig: Rig):
    async with rig.parts.database.connection() as connection:
        for age in (91, 89):
            await connection.execute(
                "INSERT INTO mail (order_id, kind, revision, cause, recipient, facts, status,"
                " recorded_at) VALUES (%s, 'lapsed', 1, 'deadline', %s, %s, 'FAILED', %s)",
                (
                    uuid4(),
                    ADDRESS,
                    Jsonb({"email": ADDRESS, "reference": "7K2M"}),
                    datetime.now(UTC) - timedelta(days=age),
                ),
            )

    await retention(rig).round()

    rows = await rig.rows("SELECT recipient, facts FROM mail ORDER BY recorded_at")
    assert [tuple(row.values()) for row in rows] == [
        ("", {"reference": "7K2M"}),
        (ADDRESS, {"email": ADDRESS, "reference": "7K2M"}),
    ]


async def test_mail_that_is_still_due_keeps_its_address(rig: Rig):
    await rig.tell(ended(91, seat=1))
    await rig.until(lambda: told(rig, "SENT"))
    async with rig.parts.database.connection() as connection:
        await connection.execute(
            "UPDATE mail SET status = 'DUE', sent_at = NULL, due_at = now() + interval '1 hour'"
        )

    await retention(rig).round()

    assert await rig.rows("SELECT recipient FROM mail") == [{"recipient": ADDRESS}]


async def test_scans_go_after_thirty_days(rig: Rig):
    await rig.tell(ended(0, seat=1))
    async with rig.parts.database.connection() as connection:
        for age in (31, 29):
            await connection.execute(
                "INSERT INTO scan (id, cinema_id, subject, door, outcome, scanned_at)"
                " VALUES (%s, %s, 'device-1', 'A', 'MALFORMED', %s)",
                (uuid4(), CINEMA, datetime.now(UTC) - timedelta(days=age)),
            )

    await retention(rig).round()

    (left,) = await rig.rows("SELECT scanned_at FROM scan")
    assert datetime.now(UTC) - left["scanned_at"] < timedelta(days=30)
