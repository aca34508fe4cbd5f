"""The page of one ticket: everything that a door and a guest look for, readable at arm's length."""

from backend.ticket.documents import head
from backend.ticket.documents.head import LEFT, RIGHT, Page
from backend.ticket.documents.sheet import Ink, Sheet
from backend.ticket.documents.text import Block, fit
from backend.ticket.issuing.facts import Ticket
from brand.texts import Texts

_PAD = 8.0
_TOP = 16.0
_CODE = 66.0
_COLUMN = 92.0
_STEPS = ("door", "early", "screen")


def draw(page: Page, ticket: Ticket) -> None:
    """Draw the page and finish it."""
    sheet, t = page.sheet, page.t
    tickets = page.order.live_tickets
    number = tickets.index(ticket) + 1
    seat = t("pdf.seat_short", row=ticket.line.row, seat=ticket.line.label)
    sheet.bookmark(t("pdf.outline.ticket", number=number, seat=seat))
    which = t("pdf.ticket_of", number=number, total=len(tickets))
    y = head.band(sheet, _TOP, page.order.cinema_name, which)
    y = head.film(page, y + 8)
    y = _body(page, y + 1, ticket)
    end = _stub(page, y + 5, ticket)
    sheet.box(LEFT, _TOP, width=RIGHT - LEFT, height=end - _TOP, line="line-strong", radius=3)
    _notches(sheet, y + 5)
    _advice(sheet, end + 14, t)
    head.foot(page)


def _body(page: Page, y: float, ticket: Ticket) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    code_x = RIGHT - _PAD - _CODE
    sheet.box(code_x - 1, y - 1, width=_CODE + 2, height=_CODE + 2, line="line", radius=2)
    sheet.code(code_x, y, _CODE, ticket.code)
    x = LEFT + _PAD
    head.label(sheet, x, y + 1.8, t("pdf.when"))
    sheet.cut(
        x, y + 7.8, t.date(order.starts_at, order.zone), Ink(13, weight="semibold"), width=_COLUMN
    )
    sheet.text(x, y + 18.4, t.time(order.starts_at, order.zone), Ink(28, weight="bold"))
    ends = t("pdf.ends", time=t.time(order.ends_at, order.zone))
    sheet.text(x + 30, y + 18.4, ends, Ink(9.5, colour="muted"))
    head.label(sheet, x, y + 26.5, t("pdf.room"))
    room = _one(sheet, ticket.room, (16.0, 13.0, 10.0), width=_COLUMN)
    sheet.block(x, y + 33.5, room, Ink(room.size, weight="bold"))
    _seat_box(sheet, (x, y + 39.5), t("pdf.row"), ticket.line.row)
    _seat_box(sheet, (x + 47, y + 39.5), t("pdf.seat"), ticket.line.label)
    return y + _CODE


def _one(sheet: Sheet, text: str, sizes: tuple[float, ...], *, width: float) -> Block:
    clean = sheet.clean(text)
    return fit(clean, width=width, sizes=sizes, most_lines=1, measure=sheet.measure("bold"))


def _seat_box(sheet: Sheet, corner: tuple[float, float], name: str, value: str) -> None:
    x, y = corner
    sheet.box(x, y, width=43, height=27.5, fill="accent-soft", radius=3)
    sheet.text(x + 5, y + 6.5, name, Ink(9.5, weight="semibold", colour="muted"))
    block = _one(sheet, value, (46.0, 36.0, 28.0, 20.0), width=33.0)
    sheet.block(x + 5, y + 22.5, block, Ink(block.size, weight="bold"))


def _stub(page: Page, y: float, ticket: Ticket) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    sheet.rule(LEFT + 4, y, to=RIGHT - 4, colour="line-strong", dashed=True)
    line = ticket.line
    price = t.money(line.gross_minor, order.currency) if line.gross_minor else t("pdf.free")
    kind = t(f"pdf.kind.{line.kind}") if t.has(f"pdf.kind.{line.kind}") else line.kind
    columns = (
        (t("pdf.type"), line.type_name),
        (t("pdf.kind"), kind),
        (t("pdf.price"), price),
        (t("pdf.reference"), order.reference),
    )
    x = LEFT + _PAD
    for (name, value), width in zip(columns, (46.0, 50.0, 28.0, 38.0), strict=True):
        head.label(sheet, x, y + 8, name)
        block = fit(
            sheet.clean(value),
            width=width - 3,
            sizes=(12.5, 11.0),
            most_lines=1,
            measure=sheet.measure("semibold"),
        )
        sheet.block(x, y + 14.5, block, Ink(block.size, weight="semibold"))
        x += width
    return y + 21


def _notches(sheet: Sheet, y: float) -> None:
    for x in (LEFT, RIGHT):
        sheet.disc(x, y, 3, fill="raised", line="line-strong")
    # The paper beside the card is white: only the inner half of each circle stays visible.
    sheet.box(LEFT - 4, y - 4, width=3.85, height=8, fill="raised")
    sheet.box(RIGHT + 0.15, y - 4, width=4, height=8, fill="raised")


def _advice(sheet: Sheet, y: float, t: Texts) -> None:
    sheet.text(LEFT + _PAD, y, t("pdf.advice.title"), Ink(14, weight="bold"))
    y += 10
    measure = sheet.measure("regular")
    for number, step in enumerate(_STEPS, start=1):
        sheet.disc(LEFT + _PAD + 3, y - 1.3, 3.2, fill="primary")
        sheet.text(
            LEFT + _PAD + 3,
            y,
            str(number),
            Ink(10, weight="bold", colour="on-primary", align="centre"),
        )
        block = fit(
            t(f"pdf.advice.{step}"), width=150.0, sizes=(11.0,), most_lines=3, measure=measure
        )
        y = sheet.block(LEFT + _PAD + 11, y, block, Ink(11)) + 5
    terms = fit(t("pdf.terms"), width=162.0, sizes=(8.5,), most_lines=6, measure=measure)
    sheet.block(LEFT + _PAD, y + 6, terms, Ink(8.5, colour="muted"))
