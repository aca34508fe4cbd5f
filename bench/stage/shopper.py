"""Buys two tickets on the site page by page, as a browser without scripts and assets would."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2

from cli.visitor import Page, PageWrong, Visitor

_SCREENING = re.compile(r"/screenings/[0-9a-f-]{36}$")
_CARD = ("card", "success")
# Long enough for the provider's message and the tickets; one look, then, as a browser reloads.
_SETTLE_S = 0.5
_LOOKS = 40


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought, and how many requests it took."""

    order_url: str
    pdf: bytes
    pages: int


class Shopper:
    """Goes through the days of the programme, so that no screening is sold out."""

    def __init__(self, site: str, *, settle_s: float = _SETTLE_S) -> None:
        self._site = site
        self._settle_s = settle_s
        self._screenings: list[str] = []

    async def find(self) -> None:
        """Read which screenings of the coming days there are; not a part of any purchase."""
        async with _browser() as http:
            visitor = Visitor(http)
            today = await visitor.get(f"{self._site}/en")
            for day in dict.fromkeys(today.links_with("?day=")):
                page = await visitor.get(day)
                links = dict.fromkeys(page.links)
                self._screenings.extend(link for link in links if _SCREENING.search(link))
        if not self._screenings:
            raise PageWrong("The programme of the coming days is empty.")

    async def buy(self, number: int, *, takes_pdf: bool = True) -> Purchase:
        """Buy at the screening of this number; raises PageWrong."""
        screening = self._screenings[number % len(self._screenings)]
        async with _browser() as http:
            counted: list[str] = []
            http.event_hooks = {"request": [_counter(counted)]}
            visitor = Visitor(http)
            await visitor.get(f"{self._site}/en")
            await visitor.get(screening)
            room = await visitor.get(f"{screening}?party=2")
            held = await visitor.send(room.form_with("seat"), {})
            card = await visitor.send(held.form_with("email"), {"email": "visitor@example.org"})
            await visitor.send(card.form_with(*_CARD), {}, button=_CARD)
            done = await self._tickets(visitor, held.url)
            address = urljoin(done.url, done.links_with("tickets.pdf")[0])
            pdf = await visitor.download(address) if takes_pdf else b""
        return Purchase(held.url, pdf, len(counted))

    async def _tickets(self, visitor: Visitor, order_url: str) -> Page:
        for _ in range(_LOOKS):
            await asyncio.sleep(self._settle_s)
            page = await visitor.get(order_url)
            if page.links_with("tickets.pdf"):
                return page
        raise PageWrong(f"{order_url} has no tickets after {_LOOKS} looks.")


def _browser() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(trust_env=False, timeout=20)


def _counter(seen: list[str]) -> Callable[[httpx2.Request], Awaitable[None]]:
    async def note(request: httpx2.Request) -> None:
        seen.append(str(request.url))

    return note
