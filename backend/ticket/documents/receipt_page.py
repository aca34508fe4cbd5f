"""The receipt: who sold what, for how much, with the tax of each rate."""

from collections import defaultdict

from backend.ticket.documents import head
from backend.ticket.documents.head import LEFT, RIGHT, Page
from backend.ticket.documents.sheet import Ink
from backend.ticket.documents.text import fit
from backend.ticket.issuing.facts import Line

_TOP = 16.0
_PRICE, _FEE, _TOTAL = 126.0, 154.0, RIGHT
_SMALL = Ink(10)
_NUMBER = Ink(10, align="right")


def draw(page: Page) -> None:
    """Draw the page and finish it."""
    sheet, order, t = page.sheet, page.order, page.t
    sheet.bookmark(t("pdf.receipt.title"))
    y = head.band(
        sheet, _TOP, order.cinema_name, t("pdf.reference_note", reference=order.reference)
    )
    sheet.text(LEFT, y + 16, t("pdf.receipt.title"), Ink(26, weight="bold"))
    y = _parties(page, y + 28)
    y = _film(page, y + 8)
    y = _table(page, y + 8)
    y = _sums(page, y + 4)
    _taxes(page, y + 14)
    head.foot(page)


def _parties(page: Page, y: float) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    head.label(sheet, LEFT, y, t("pdf.receipt.seller"))
    sheet.cut(LEFT, y + 6, order.seller_name, Ink(13, weight="bold"), width=84)
    address = fit(
        sheet.clean(order.seller_address),
        width=84.0,
        sizes=(10.0, 8.5),
        most_lines=3,
        measure=sheet.measure("regular"),
    )
    end = sheet.block(LEFT, y + 11.5, address, _SMALL)
    sheet.cut(LEFT, end, t("pdf.receipt.tax_id", number=order.seller_tax_id), _SMALL, width=84)
    paid = t.moment(order.paid_at, order.zone, "medium")
    right = (
        (t("pdf.reference"), order.reference),
        (t("pdf.receipt.paid"), paid),
    )
    x = 118.0
    for row, (name, value) in enumerate(right):
        head.label(sheet, x, y + row * 13, name)
        sheet.text(x, y + row * 13 + 6, value, Ink(13, weight="bold"))
    return max(end, y + 19)


def _film(page: Page, y: float) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    sheet.box(LEFT, y, width=RIGHT - LEFT, height=17, fill="sunken", radius=2)
    width = RIGHT - LEFT - 12
    sheet.cut(LEFT + 6, y + 7, order.film_title, Ink(12, weight="bold"), width=width)
    where = f"{t.moment(order.starts_at, order.zone, 'long')}  ·  {order.room_name}"
    sheet.cut(LEFT + 6, y + 13, where, Ink(9.5, colour="muted"), width=width)
    return y + 17


def _table(page: Page, y: float) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    head.label(sheet, LEFT, y, t("pdf.receipt.item"))
    for x, key in ((_PRICE, "price"), (_FEE, "fee"), (_TOTAL, "amount")):
        name = t(f"pdf.receipt.{key}")
        sheet.text(x, y, name, Ink(8.5, weight="semibold", colour="muted", align="right"))
    sheet.rule(LEFT, y + 2.5, to=RIGHT, colour="line-strong")
    y += 9
    for line in order.lines:
        _row(page, y, line)
        sheet.rule(LEFT, y + 2.8, to=RIGHT, colour="line")
        y += 8.6
    return y


def _row(page: Page, y: float, line: Line) -> None:
    sheet, order, t = page.sheet, page.order, page.t
    # The seat comes first, because a long name of a ticket type is cut.
    item = f"{t('pdf.seat_short', row=line.row, seat=line.label)} · {line.type_name}"
    is_live = line.line_no in order.live_lines
    width = _PRICE - LEFT - 22 - (0 if is_live else sheet.measure("regular")(_mark(page), 10))
    item = sheet.cut_text(item, _SMALL, width=width)
    sheet.text(LEFT, y, item if is_live else t("pdf.receipt.returned", item=item), _SMALL)
    amounts = ((_PRICE, line.price_minor), (_FEE, line.fee_minor), (_TOTAL, line.gross_minor))
    for x, amount in amounts:
        sheet.text(x, y, t.money(amount, order.currency), _NUMBER)


def _mark(page: Page) -> str:
    return page.t("pdf.receipt.returned", item="")


def _sums(page: Page, y: float) -> float:
    sheet, order, t = page.sheet, page.order, page.t
    prices = sum(line.price_minor for line in order.lines)
    fees = sum(line.fee_minor for line in order.lines)
    for name, amount in (("tickets", prices), ("fees", fees)):
        sheet.text(_FEE, y, t(f"pdf.receipt.{name}"), Ink(10, colour="muted", align="right"))
        sheet.text(_TOTAL, y, t.money(amount, order.currency), _NUMBER)
        y += 6.5
    sheet.box(116, y - 1.5, width=RIGHT - 116, height=12, fill="accent-soft", radius=2)
    sheet.text(120, y + 6.2, t("pdf.receipt.total"), Ink(12, weight="bold"))
    total = t.money(order.total_minor, order.currency)
    sheet.text(_TOTAL - 4, y + 6.2, total, Ink(14, weight="bold", align="right"))
    return y + 12


def _taxes(page: Page, y: float) -> None:
    sheet, order, t = page.sheet, page.order, page.t
    by_rate: dict[int, list[Line]] = defaultdict(list)
    for line in order.lines:
        by_rate[line.tax_rate_bp].append(line)
    head.label(sheet, LEFT, y, t("pdf.receipt.tax_rate"))
    for x, key in ((_PRICE, "net"), (_FEE, "tax"), (_TOTAL, "gross")):
        name = t(f"pdf.receipt.{key}")
        sheet.text(x, y, name, Ink(8.5, weight="semibold", colour="muted", align="right"))
    sheet.rule(LEFT, y + 2.5, to=RIGHT, colour="line")
    for rate in sorted(by_rate):
        y += 7.5
        gross = sum(line.gross_minor for line in by_rate[rate])
        tax = sum(line.tax_minor for line in by_rate[rate])
        sheet.text(LEFT, y, t.percent(rate), _SMALL)
        for x, amount in ((_PRICE, gross - tax), (_FEE, tax), (_TOTAL, gross)):
            sheet.text(x, y, t.money(amount, order.currency), _NUMBER)
    sheet.text(LEFT, y + 12, t("pdf.receipt.thanks"), Ink(10, colour="muted"))
