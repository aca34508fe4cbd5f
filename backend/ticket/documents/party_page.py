"""The first page for a party: all codes on one sheet, so that one phone or paper lets all in."""

from backend.ticket.documents import head
from backend.ticket.documents.head import LEFT, RIGHT, Page
from backend.ticket.documents.qr import symbol
from backend.ticket.documents.sheet import Ink
from backend.ticket.issuing.facts import Ticket

_TOP = 16.0
_GAP = 4.0
_BOTTOM = 276.0
_TALLEST = 84.0
_FEW = 6


def draw(page: Page) -> None:
    """Draw the page and finish it."""
    sheet, t = page.sheet, page.t
    tickets = page.order.live_tickets
    sheet.bookmark(t("pdf.outline.party"), "party")
    total = t("pdf.tickets_count", count=len(tickets))
    y = head.band(sheet, _TOP, page.order.cinema_name, total)
    y = head.film(page, y + 8)
    head.when(page, y + 3)
    sheet.text(LEFT + 8, y + 10.5, t("pdf.party"), Ink(10.5, colour="muted"))
    _grid(page, y + 16, tickets)
    head.foot(page)


def _grid(page: Page, y: float, tickets: tuple[Ticket, ...]) -> None:
    columns = 2 if len(tickets) <= _FEW else 3
    rows = -(-len(tickets) // columns)
    width = (RIGHT - LEFT - _GAP * (columns - 1)) / columns
    height = min(_TALLEST, (_BOTTOM - y - _GAP * (rows - 1)) / rows)
    for place, ticket in enumerate(tickets):
        row, column = divmod(place, columns)
        corner = (LEFT + column * (width + _GAP), y + row * (height + _GAP))
        _cell(page, ticket, corner, size=(width, height))


def _cell(
    page: Page, ticket: Ticket, corner: tuple[float, float], *, size: tuple[float, float]
) -> None:
    sheet, (x, y), (width, height) = page.sheet, corner, size
    side = min(width - 6, height - 17)
    sheet.box(x, y, width=width, height=height, line="line", radius=3)
    sheet.code(x + (width - side) / 2, y + 1.5, side, symbol(ticket.code))
    seat = page.t("pdf.seat_short", row=ticket.line.row, seat=ticket.line.label)
    middle = x + width / 2
    bold = Ink(13, weight="bold", align="centre")
    sheet.cut(middle, y + height - 8.5, seat, bold, width=width - 4)
    kind = Ink(9.5, colour="muted", align="centre")
    sheet.cut(middle, y + height - 3.5, ticket.line.type_name, kind, width=width - 6)
