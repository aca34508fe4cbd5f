"""Buying two tickets as a visitor does, page by page; each step is told as it happens."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from cli.visitor import Page, PageWrong, Visitor

_BUYER = "visitor@example.org"
_CARD = ("card", "success")
_WAIT_S, _EVERY_S = 60.0, 0.5
_SCREENING = re.compile(r"/screenings/[0-9a-f-]{36}$")
_REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchase left."""

    reference: str
    order_url: str
    pdf: bytes


async def buy_two(visitor: Visitor, site: str, tell: Callable[[str], None]) -> Bought:
    """Buy the best two seats of the first screening that has them; raises PageWrong."""
    tell("Reading the programme")
    for address in await _screenings(visitor, f"{site}/en"):
        tell(f"Looking for two seats at {urlsplit(address).path}")
        room = await visitor.get(f"{address}?party=2")
        if sum(name == "seat" for form in room.forms for name, _ in form.fields) == 2:
            return await _buy(visitor, room, tell)
    raise PageWrong("No screening has two seats together. Try again after the next midnight.")


async def _screenings(visitor: Visitor, programme: str) -> list[str]:
    """Return what is on, today's first, then the coming days'."""
    today = await visitor.get(programme)
    days = dict.fromkeys(today.links_with("?day="))
    found = dict.fromkeys(filter(_SCREENING.search, today.links))
    for day in days:
        page = await visitor.get(day)
        found.update(dict.fromkeys(filter(_SCREENING.search, page.links)))
    return list(found)


async def _buy(visitor: Visitor, room: Page, tell: Callable[[str], None]) -> Bought:
    tell("Holding the seats")
    order = await visitor.send(room.form_with("seat"), {})
    if "/orders/" not in order.url:
        raise PageWrong(f"The seats could not be held ({order.url} answered {order.status}).")
    tell("Going to the card page")
    card = await visitor.send(order.form_with("email"), {"email": _BUYER})
    if not any(form.has(*_CARD) for form in card.forms):
        card = await _until(visitor, order.url, lambda page: page.form_with(*_CARD))
    tell("Paying with the test card")
    await visitor.send(card.form_with(*_CARD), {}, button=_CARD)
    tell("Waiting for the tickets")
    done = await _until(visitor, order.url, lambda page: page.links_with("tickets.pdf")[0])
    pdf = await visitor.download(urljoin(done.url, done.links_with("tickets.pdf")[0]))
    reference = _REFERENCE.search(done.html)
    return Bought(reference.group(0) if reference else "tickets", done.url, pdf)


async def _until(visitor: Visitor, url: str, wanted: Callable[[Page], object]) -> Page:
    """Look at a page again and again until it has what is wanted; raises PageWrong."""
    for _ in range(int(_WAIT_S / _EVERY_S)):
        page = await visitor.get(url)
        try:
            wanted(page)
        except (PageWrong, IndexError):
            await asyncio.sleep(_EVERY_S)
        else:
            return page
    raise PageWrong(f"{url} did not come to its end within {_WAIT_S:.0f} s.")
