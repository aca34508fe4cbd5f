"""The whole cinema is killed in the middle of a payment, and the next start finishes it."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from cli.purchase import buy_two
from cli.visitor import Page, PageWrong, Visitor
from tests.support.onebox import OpenCinema, open_cinema, temporary_folder

pytestmark = pytest.mark.integration
CARD = ("card", "success")


@pytest.fixture
def folder():
    with temporary_folder() as found:
        yield found


async def at_the_card_page(cinema: OpenCinema, http: httpx2.AsyncClient) -> tuple[Page, str]:
    """Hold two seats and press Pay; return the card page and the order's address."""
    visitor = Visitor(http)
    programme = await visitor.get(f"{cinema.site}/en")
    days = [programme, *[await visitor.get(day) for day in programme.links_with("?day=")]]
    screening = next(link for page in days for link in page.links_with("/screenings/"))
    room = await visitor.get(f"{screening}?party=2")
    order = await visitor.send(room.form_with("seat"), {})
    card = await visitor.send(order.form_with("email"), {"email": "ana@example.org"})
    return card, order.url


async def until_tickets(visitor: Visitor, order_url: str) -> Page:
    async with asyncio.timeout(150):
        while True:
            page = await visitor.get(order_url)
            if page.links_with("tickets.pdf"):
                return page
            await asyncio.sleep(0.2)


async def buy_through_a_power_cut(folder: Path) -> bytes:
    async with httpx2.AsyncClient(timeout=20, trust_env=False) as http:
        with open_cinema(folder) as cinema:
            card, order_url = await at_the_card_page(cinema, http)
            await Visitor(http).send(card.form_with(*CARD), {}, button=CARD)
            cinema.kill()
        with open_cinema(folder) as again:
            assert again.site in order_url, "the ports moved although nobody took them"
            page = await until_tickets(Visitor(http), order_url)
            return await Visitor(http).download(page.links_with("tickets.pdf")[0])


def test_a_payment_that_a_kill_interrupted_is_finished_by_the_next_start(folder):
    pdf = asyncio.run(buy_through_a_power_cut(folder))

    assert pdf.startswith(b"%PDF-")


async def buy_at(site: str) -> tuple[bytes, list[str]]:
    told: list[str] = []
    async with httpx2.AsyncClient(timeout=20, trust_env=False) as http:
        bought = await buy_two(Visitor(http), site, told.append)
    return bought.pdf, told


def test_the_demo_command_buys_at_an_open_cinema(folder):
    with open_cinema(folder) as cinema:
        pdf, told = asyncio.run(buy_at(cinema.site))
        with pytest.raises(PageWrong, match="No screening has two seats"):
            asyncio.run(buy_at(f"{cinema.site}/nowhere"))

    assert pdf.startswith(b"%PDF-")
    assert (told[0], told[-1]) == ("Reading the programme", "Waiting for the tickets")
