"""Draws an order's documents: the same order gives the same bytes."""

from backend.ticket.documents import party_page, receipt_page, ticket_page
from backend.ticket.documents.drawing import Document
from backend.ticket.documents.head import Page
from backend.ticket.documents.sheet import Sheet
from backend.ticket.issuing.facts import PaidOrder
from brand.texts import texts


def render(order: PaidOrder, document: Document) -> bytes:
    """Return a PDF in the buyer's language."""
    t = texts(order.language)
    sheet = Sheet(
        title=t(f"pdf.title.{document}", film=order.film_title, reference=order.reference),
        author=order.cinema_name,
        subject=t.moment(order.starts_at, order.zone, "long"),
        language=t.language,
    )
    page = Page(sheet, order, t)
    if document == "tickets":
        _tickets(page)
    receipt_page.draw(page)
    return sheet.bytes()


def _tickets(page: Page) -> None:
    tickets = page.order.live_tickets
    if len(tickets) > 1:
        party_page.draw(page)
    for ticket in tickets:
        ticket_page.draw(page, ticket)
