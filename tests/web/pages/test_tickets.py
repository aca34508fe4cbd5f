"""My tickets: what comes next, what was before, and how guests keep theirs."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from backend.client.errors import Unreachable
from backend.contracts.orders import OrderList, OrderState
from backend.contracts.problems_orders import OrderMissing
from brand.texts import texts
from tests.web.builders import now, order, person, session
from tests.web.reading import read
from web.pages.tickets import sorted_orders

ORDERS = "movies/orders"


def test_next_film_stands_first_and_lapsed_orders_are_past():
    soon, later = order(), order(starts_at=now() + timedelta(days=3))
    lapsed = order(OrderState.EXPIRED, starts_at=now() + timedelta(days=2))
    seen = order(starts_at=now() - timedelta(days=2))
    long_ago = order(starts_at=now() - timedelta(days=9))

    mine = sorted_orders([long_ago, later, lapsed, soon, seen], now())

    assert mine.coming == (soon, later)
    assert mine.past == (lapsed, seen, long_ago)


def test_film_that_is_running_has_not_passed():
    running = order(starts_at=now() - timedelta(minutes=50))

    assert sorted_orders([running], now()).coming == (running,)


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("state", list(OrderState))
async def test_every_state_is_said_in_words(browser, services, language, state):
    shown = order(state)
    services.say("GET", ORDERS, OrderList(orders=[shown]))

    page = read((await browser.get(f"/{language}/tickets")).text)

    card = page.one("li", class_="order-card")
    assert card.one("span", class_="chip").text == texts(language)(f"web.tickets.state.{state}")
    assert card.one("a").attributes["href"] == f"/{language}/orders/{shown.id}"


async def test_order_says_film_seats_and_price(browser, services):
    services.say("GET", ORDERS, OrderList(orders=[order()]))

    card = read((await browser.get("/en/tickets")).text).one("li", class_="order-card")

    assert card.one("h3").text == "Nosferatu"
    assert [p.text for p in card.all("p")] == [
        "Room 1 · row D, seat 5",
        "1 ticket · RON 33.50 · 7K2M-P9QX-4TBD",
    ]


async def test_guests_see_their_orders_and_are_invited(browser, services):
    services.say("GET", ORDERS, OrderList(orders=[order()]))

    page = read((await browser.get("/en/tickets")).text)

    invitation = page.one("aside", aria_labelledby="invite")
    assert len(page.all("li", class_="order-card")) == 1
    assert [a.attributes["href"] for a in invitation.all("a")] == [
        "/auth/sign-in?return_to=/en/tickets&language=en",
        "/auth/register?return_to=/en/tickets&language=en",
    ]


async def test_who_is_signed_in_is_not_invited(browser, services):
    services.say("GET", "auth/internal/session", person())
    services.say("GET", ORDERS, OrderList(orders=[]))

    page = read((await browser.get("/ro/tickets")).text)

    assert page.all("aside", aria_labelledby="invite") == []
    assert page.one("div", class_="intertitle").one("h2").text == "Încă nu aveți bilete aici"


async def test_orders_of_the_account_of_this_browser_and_looked_up_ones_stand_together(
    browser, services
):
    mine, before, found, gone = order(title="A"), order(title="B"), order(title="C"), uuid4()
    services.say(
        "GET",
        "auth/internal/session",
        person(guest_token="before", order_tokens={found.id: "found", gone: "late"}),
    )
    by_token = {"Bearer token-of-ana": [mine], "Bearer before": [before, mine]}
    services.say(
        "GET",
        ORDERS,
        lambda request: httpx2.Response(
            200,
            content=OrderList(orders=by_token[request.headers["authorization"]]).model_dump_json(),
        ),
    )
    services.say("GET", f"{ORDERS}/{found.id}", found)
    services.say("GET", f"{ORDERS}/{gone}", OrderMissing())

    page = read((await browser.get("/en/tickets")).text)

    assert sorted(h.text for h in page.all("h3")) == ["A", "B", "C"]


async def test_movies_away_is_a_page(browser, services):
    services.say("GET", "auth/internal/session", session())
    services.say("GET", ORDERS, Unreachable())

    answer = await browser.get("/en/tickets")

    assert (answer.status_code, read(answer.text).one("h1").text) == (503, "A short interval")
