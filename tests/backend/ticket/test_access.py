"""Who may read an order's tickets, documents and mails: every operation by every kind of caller."""

from uuid import uuid4

import pytest

from tests.backend.ticket.builders import order_paid
from tests.backend.ticket.rig import OWNER, STRANGER, Rig, guest, person

pytestmark = pytest.mark.integration
READS = ("tickets", "tickets.pdf", "receipt.pdf")


@pytest.mark.parametrize("path", READS)
async def test_reads_are_for_the_owner_and_the_cinemas_staff(rig: Rig, path):
    paid = order_paid()
    await rig.tell(paid)
    callers = {
        "owner": guest(OWNER),
        "owner of a look-up": guest(STRANGER, order=paid.order_id),
        "staff here": person("door"),
        "admin elsewhere": person("admin", cinemas=()),
        "owner, but limited to another order": guest(OWNER, order=uuid4()),
        "stranger": guest(STRANGER),
        "customer": person("customer"),
        "staff elsewhere": person("manager", cinemas=("other",)),
        "kiosk": person("kiosk"),
        "scanner": person("scanner"),
        "nobody": "not.a.token",
    }

    found = {
        who: (await rig.get(f"/orders/{paid.order_id}/{path}", token)).status_code
        for who, token in callers.items()
    }

    assert found == {
        "owner": 200,
        "owner of a look-up": 200,
        "staff here": 200,
        "admin elsewhere": 200,
        "owner, but limited to another order": 404,
        "stranger": 404,
        "customer": 404,
        "staff elsewhere": 404,
        "kiosk": 404,
        "scanner": 403,
        "nobody": 401,
    }


@pytest.mark.parametrize("path", READS)
async def test_unknown_order_is_missing_like_a_foreign_one(rig: Rig, path):
    paid = order_paid()
    await rig.tell(paid)

    foreign = await rig.get(f"/orders/{paid.order_id}/{path}", guest(STRANGER))
    unknown = await rig.get(f"/orders/{uuid4()}/{path}", guest(STRANGER))

    bodies = [{**one.json(), "trace_id": ""} for one in (foreign, unknown)]
    assert bodies[0] == bodies[1]
    assert bodies[0]["error"] == "TicketsMissing"


async def test_resend_is_for_the_desk_of_the_cinema(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)
    callers = {
        "owner": guest(OWNER),
        "customer": person("customer"),
        "door": person("door"),
        "desk elsewhere": person("box_office", cinemas=("other",)),
        "desk here": person("box_office"),
    }

    found = {
        who: (await rig.send(f"/orders/{paid.order_id}/resend", token)).status_code
        for who, token in callers.items()
    }

    assert found == {
        "owner": 403,
        "customer": 403,
        "door": 403,
        "desk elsewhere": 404,
        "desk here": 200,
    }


async def test_tickets_carry_codes_and_places(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)

    answer = (await rig.get(f"/orders/{paid.order_id}/tickets", guest(OWNER))).json()

    codes = await rig.rows("SELECT code FROM ticket ORDER BY line_no")
    assert [one["code"] for one in answer["tickets"]] == [row["code"] for row in codes]
    assert [(one["row"], one["label"]) for one in answer["tickets"]] == [("C", "11"), ("C", "12")]
    assert answer["is_ready"]


async def test_pdf_is_given_as_a_private_file(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)

    answer = await rig.get(f"/orders/{paid.order_id}/tickets.pdf", guest(OWNER))

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == (
        'inline; filename="moviemesh-tickets-7K2M-P9QX-4TBD.pdf"'
    )
