"""What the top of every page has: the cinema's band, the film, and when and where."""

from dataclasses import dataclass

from backend.ticket.documents.sheet import LEADING, WIDTH, Ink, Sheet
from backend.ticket.documents.text import fit
from backend.ticket.issuing.facts import PaidOrder
from brand.texts import Texts

LEFT = 16.0
RIGHT = WIDTH - 16.0
_PAD = 8.0
_BAND = 15.0
_SIZES = (30.0, 26.0, 22.0, 19.0, 16.0, 13.0)


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page is drawn, for which order, in which language."""

    sheet: Sheet
    order: PaidOrder
    t: Texts


def band(sheet: Sheet, y: float, left: str, right: str) -> float:
    """Draw the dark band with the cinema's name; return where it ends."""
    sheet.box(LEFT, y, width=RIGHT - LEFT, height=_BAND, fill="marquee", radius=3)
    sheet.box(LEFT, y + 4, width=RIGHT - LEFT, height=_BAND - 4, fill="marquee")
    sheet.box(LEFT, y + _BAND, width=RIGHT - LEFT, height=0.9, fill="accent")
    _bulbs(sheet, LEFT + _PAD, y + _BAND / 2)
    middle = y + _BAND / 2 + 1.6
    sheet.cut(
        LEFT + _PAD + 9, middle, left, Ink(13, weight="bold", colour="on-marquee"), width=105.0
    )
    sheet.text(RIGHT - _PAD, middle, right, Ink(10.5, colour="on-marquee-muted", align="right"))
    return y + _BAND + 0.9


def _bulbs(sheet: Sheet, x: float, y: float) -> None:
    for place in range(3):
        sheet.disc(x + place * 2.6, y, 0.95, fill="marquee-accent")


def film(page: Page, y: float) -> float:
    """Draw the film's title, as large as it fits; return the baseline of what follows."""
    sheet = page.sheet
    measure = sheet.measure("bold")
    title = sheet.clean(page.order.film_title) or "-"
    width = RIGHT - LEFT - 2 * _PAD
    block = fit(title, width=width, sizes=_SIZES, most_lines=3, measure=measure)
    ink = Ink(block.size, weight="bold")
    end = sheet.block(LEFT + _PAD, y + block.size * 0.3528, block, ink)
    return _certificate(page, end - block.size * 0.3528 * (LEADING - 0.5), width=width)


def _certificate(page: Page, y: float, *, width: float) -> float:
    """Draw whom the film is for, just under the title; return the baseline of what follows."""
    key = f"common.certificate.{page.order.certificate}"
    if page.t.has(key):
        page.sheet.cut(LEFT + _PAD, y + 3, page.t(key), Ink(10.5, colour="muted"), width=width)
        y += 4.5
    return y + 6


def when(page: Page, y: float) -> None:
    """Draw date, time and room in one line."""
    order, t = page.order, page.t
    parts = [
        t.date(order.starts_at, order.zone),
        t.time(order.starts_at, order.zone),
        order.room_name,
    ]
    page.sheet.cut(
        LEFT + _PAD,
        y,
        "  ·  ".join(parts),
        Ink(12.5, weight="semibold", colour="muted"),
        width=RIGHT - LEFT - 2 * _PAD,
    )


def label(sheet: Sheet, x: float, y: float, text: str) -> None:
    """Draw the small name over a value."""
    sheet.text(x, y, text, Ink(8.5, weight="semibold", colour="muted"))


def foot(page: Page) -> None:
    """Draw the seller and the order's reference at the bottom, and finish the page."""
    sheet, order = page.sheet, page.order
    sheet.rule(LEFT, 281, to=RIGHT, colour="line")
    seller = f"{order.seller_name} · {order.seller_address}"
    sheet.cut(LEFT, 286, seller, Ink(8, colour="muted"), width=130)
    note = page.t("pdf.reference_note", reference=order.reference)
    sheet.text(RIGHT, 286, note, Ink(8, colour="muted", align="right"))
    sheet.end_page()
