"""The first page for a party: all codes on one sheet, so that one phone or paper lets all in."""

from dataclasses import dataclass

from backend.ticket.documents import head
from backend.ticket.documents.head import LEFT, RIGHT, Page
from backend.ticket.documents.sheet import Ink
from backend.ticket.documents.text import fit
from backend.ticket.issuing.facts import Ticket

_TOP = 16.0
_GAP = 4.0
_BOTTOM = 276.0
_COLUMNS = 2
_WIDTH = (RIGHT - LEFT - _GAP) / _COLUMNS
# Up to so many stand with their seat below the code, more with the seat beside it.
_FEW = 4
_TALLEST_FEW = 84.0
_TALLEST_MANY = 52.0


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a ticket is drawn."""

    x: float
    y: float
    height: float


def draw(page: Page) -> None:
    """Draw the page and finish it."""
    sheet, t = page.sheet, page.t
    tickets = page.order.live_tickets
    sheet.bookmark(t("pdf.outline.party"))
    total = t("pdf.tickets_count", count=len(tickets))
    y = head.band(sheet, _TOP, page.order.cinema_name, total)
    y = head.film(page, y + 8)
    head.when(page, y + 2)
    sheet.text(LEFT + 8, y + 8.5, t("pdf.party"), Ink(10.5, colour="muted"))
    _grid(page, y + 14, tickets)
    head.foot(page)


def _grid(page: Page, y: float, tickets: tuple[Ticket, ...]) -> None:
    rows = -(-len(tickets) // _COLUMNS)
    is_few = len(tickets) <= _FEW
    tallest = _TALLEST_FEW if is_few else _TALLEST_MANY
    height = min(tallest, (_BOTTOM - y - _GAP * (rows - 1)) / rows)
    for place, ticket in enumerate(tickets):
        row, column = divmod(place, _COLUMNS)
        cell = _Cell(LEFT + column * (_WIDTH + _GAP), y + row * (height + _GAP), height)
        page.sheet.box(cell.x, cell.y, width=_WIDTH, height=height, line="line", radius=3)
        (_seat_below if is_few else _seat_beside)(page, ticket, cell)


def _seat_below(page: Page, ticket: Ticket, cell: _Cell) -> None:
    sheet, side = page.sheet, cell.height - 15.5
    sheet.code(cell.x + (_WIDTH - side) / 2, cell.y + 1, side, ticket.code)
    seat = page.t("pdf.seat_short", row=ticket.line.row, seat=ticket.line.label)
    middle, end = cell.x + _WIDTH / 2, cell.y + cell.height
    sheet.cut(middle, end - 10, seat, Ink(15, weight="bold", align="centre"), width=_WIDTH - 6)
    kind = Ink(10, colour="muted", align="centre")
    sheet.cut(middle, end - 4.5, ticket.line.type_name, kind, width=_WIDTH - 6)


def _seat_beside(page: Page, ticket: Ticket, cell: _Cell) -> None:
    sheet, t, line = page.sheet, page.t, ticket.line
    side = cell.height - 2
    sheet.code(cell.x + 1, cell.y + 1, side, ticket.code)
    left = cell.x + side + 2
    width = cell.x + _WIDTH - left - 3
    half = width / 2
    for x, name, value in (
        (left, t("pdf.row"), line.row),
        (left + half, t("pdf.seat"), line.label),
    ):
        head.label(sheet, x, cell.y + 9, name)
        block = fit(
            sheet.clean(value),
            width=half - 1.5,
            sizes=(24.0, 18.0, 13.0, 9.0),
            most_lines=1,
            measure=sheet.measure("bold"),
        )
        sheet.block(x, cell.y + 18.5, block, Ink(block.size, weight="bold"))
    kind = fit(
        sheet.clean(line.type_name),
        width=width,
        sizes=(10.0, 8.5),
        most_lines=2,
        measure=sheet.measure("regular"),
    )
    sheet.block(left, cell.y + 26, kind, Ink(kind.size, colour="muted"))
