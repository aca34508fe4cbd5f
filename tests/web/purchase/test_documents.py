"""PDF, receipt and calendar file, for the order's owner alone."""

import pytest

from backend.contracts.orders import OrderState
from backend.contracts.problems_orders import OrderMissing
from backend.contracts.problems_tickets import TicketsMissing
from tests.web.purchase import cinema
from tests.web.purchase.rig import ORDER_PATH

SERVICE = f"/orders/{cinema.ORDER}"


@pytest.mark.parametrize("name", ["tickets", "receipt"])
async def test_pdf_is_passed_on_with_a_name(browser, said, name):
    said.say("GET", SERVICE, cinema.order(OrderState.ISSUED))
    said.say("GET", f"{SERVICE}/{name}.pdf", b"%PDF-1.4 " + name.encode())

    answer = await browser.get(f"{ORDER_PATH}/{name}.pdf")

    assert answer.content == b"%PDF-1.4 " + name.encode()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        f'inline; filename="moviemesh-{name}-7K2M-P9QX-4TBD.pdf"'
    )
    assert answer.headers["cache-control"] == "private, no-store"


async def test_calendar_file_names_seats_and_order(browser, said):
    said.say("GET", SERVICE, cinema.order(OrderState.ISSUED))

    answer = await browser.get(f"{ORDER_PATH}/calendar.ics")

    text = answer.text.replace("\r\n ", "")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DESCRIPTION:Seats: B3 and B4\\nOrder reference: 7K2M-P9QX-4TBD\r\n" in text
    assert f"URL:http://localhost:8081{ORDER_PATH}\r\n" in text


@pytest.mark.parametrize("name", ["tickets.pdf", "receipt.pdf", "calendar.ics"])
async def test_strangers_document_is_missing(browser, said, name):
    said.say("GET", SERVICE, OrderMissing())

    assert (await browser.get(f"{ORDER_PATH}/{name}")).status_code == 404


async def test_pdf_before_the_tickets_is_missing(browser, said):
    said.say("GET", SERVICE, cinema.order(OrderState.PAID))
    said.say("GET", f"{SERVICE}/tickets.pdf", TicketsMissing())

    assert (await browser.get(f"{ORDER_PATH}/tickets.pdf")).status_code == 404
