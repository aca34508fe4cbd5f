"""The frame learns the cinema by itself, also when movies starts after the site."""

import asyncio

import httpx2
import pytest

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.contracts.catalogue import CinemaList
from backend.contracts.problems import Unavailable
from tests.web.builders import cinema
from tests.web.reading import read
from web.house import House

CINEMAS = "movies/cinemas"


@pytest.fixture
def house(services):
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(services))
    return House(MoviesClient(ServiceHttp(http, "http://movies")), "mesh", pause_s=0)


async def test_house_asks_until_movies_answers_and_then_no_more(house, services):
    other = cinema().model_copy(update={"slug": "other", "name": "Other"})
    found = CinemaList(cinemas=[other, cinema()])

    def answers(_request):
        services.say("GET", CINEMAS, found)
        return httpx2.Response(503)

    services.say("GET", CINEMAS, answers)
    await house.start()
    await house._task

    assert (house.cinema, len(services.asked_at(CINEMAS))) == (cinema(), 2)


async def test_house_can_stop_while_movies_is_away(house, services):
    services.say("GET", CINEMAS, Unavailable())
    await house.start()
    await asyncio.sleep(0)

    await house.stop()

    assert (house.cinema, house._task.cancelled()) == (None, True)


async def test_footer_names_the_seller_as_soon_as_the_cinema_is_known(browser):
    before = read((await browser.get("/en/find")).text).one("footer").text
    await browser.get("/en")
    after = read((await browser.get("/en/find")).text).one("footer").text

    assert "Mesh SRL" not in before
    assert "Mesh SRL Tax ID RO1 a@mesh.example" in after
