"""Every page says what may run in it, who may frame it, and what may be kept."""

import pytest

from backend.contracts.orders import OrderList
from tests.web import builders
from tests.web.conftest import visit
from tests.web.reading import read

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
PAGES = ["/en", "/ro/films/nosferatu", "/en/tickets", "/ro/find", "/en/nothing"]


@pytest.fixture(autouse=True)
def _my_orders(services):
    services.say("GET", "movies/orders", OrderList(orders=[builders.order()]))


@pytest.mark.parametrize("path", PAGES)
async def test_pages_carry_the_policy(browser, path):
    page = await browser.get(path)

    assert {
        name: page.headers.get(name)
        for name in (
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "x-frame-options",
            "strict-transport-security",
        )
    } == {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "x-frame-options": "DENY",
        "strict-transport-security": None,
    }


@pytest.mark.parametrize("path", PAGES)
async def test_pages_hold_nothing_that_the_policy_forbids(browser, path):
    page = read((await browser.get(path)).text)

    scripts = [script.attributes for script in page.all("script")]
    inline = [s for s in scripts if "src" not in s and s.get("type") != "application/ld+json"]
    handlers = [
        name
        for element in page.walk()
        for name in element.attributes
        if name.startswith("on") or name == "style"
    ]
    assert (inline, page.all("style"), handlers) == ([], [], [])


async def test_https_is_for_good(site):
    async with visit(site(public_url="https://cinema.example"), "https://cinema.example") as client:
        page = await client.get("/en")

    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_forms_may_end_at_the_targets_of_the_settings(site):
    app = site(form_targets=["http://localhost:8180", "http://localhost:12111"])
    async with visit(app) as client:
        page = await client.get("/en")

    assert page.headers["content-security-policy"].endswith(
        "form-action 'self' http://localhost:8180 http://localhost:12111"
    )


async def test_what_shows_a_visitor_is_not_kept(browser):
    looking = await browser.get("/en")
    known = await browser.get("/en", headers={"Cookie": "mm_session=abc"})

    assert looking.headers["cache-control"] == "private, no-cache"
    assert known.headers["cache-control"] == "no-store"


async def test_trace_id_is_told_and_shown_with_a_problem(browser):
    page = await browser.get("/en/nothing")

    assert read(page.text).one("code").text == page.headers["x-trace-id"]
