"""Finding an order: the way in, and what is said when the codes do not fit."""

import json
from uuid import UUID

import pytest

from backend.client.errors import Unreachable
from backend.contracts.problems import TooMany
from backend.contracts.problems_orders import OrderMissing
from backend.contracts.sessions import LookedUp
from tests.web import builders
from tests.web.conftest import PUBLIC
from tests.web.reading import read

LOOKUPS = "auth/internal/lookups"
ORDER = UUID("00000000-0000-7000-8000-0000000000d1")
COOKIE = "mm_order=signed; Path=/; HttpOnly; SameSite=lax; Max-Age=900"


@pytest.fixture
def look_up(browser):
    async def send(reference="7K2M-P9QX-4TBD", code="7K2M-Q9XD", language="en"):
        fields = {"csrf": builders.CSRF, "reference": reference, "code": code}
        return await browser.post(f"/{language}/find", headers={"Origin": PUBLIC}, data=fields)

    return send


async def test_good_codes_lead_to_the_order_with_its_cookie(look_up, services):
    services.say("POST", LOOKUPS, LookedUp(order_id=ORDER, set_cookie=COOKIE))

    answer = await look_up(language="ro")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/ro/orders/{ORDER}")
    assert answer.headers.get_list("set-cookie") == [builders.COOKIE, COOKIE]


async def test_auth_gets_the_codes_and_where_the_visitor_is(look_up, services):
    services.say("POST", LOOKUPS, LookedUp(order_id=ORDER, set_cookie=COOKIE))

    await look_up(reference=" 7k2m p9qx ", code="7k2m")

    (asked,) = services.asked_at(LOOKUPS)
    assert json.loads(asked.content) == {"reference": "7k2m p9qx", "code": "7k2m"}
    assert asked.url.params["client_ip"] == "203.0.113.9"


async def test_wrong_codes_are_told_beside_the_form_that_keeps_them(look_up, services):
    services.say("POST", LOOKUPS, OrderMissing())

    answer = await look_up()

    page = read(answer.text)
    assert answer.status_code == 404
    assert page.one("div", role="alert").one("h2").text == "No order with these two codes"
    assert [page.one("input", id=name).attributes["value"] for name in ("reference", "code")] == [
        "7K2M-P9QX-4TBD",
        "7K2M-Q9XD",
    ]


async def test_codes_that_are_too_long_read_like_wrong_ones(look_up, services):
    answer = await look_up(code="x" * 40)

    assert (answer.status_code, services.asked_at(LOOKUPS)) == (404, [])


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (("", "7K2M"), ["reference"]),
        (("7K2M", " "), ["code"]),
        (("", ""), ["reference", "code"]),
    ],
)
async def test_empty_fields_are_named_one_by_one(look_up, services, typed, wrong):
    answer = await look_up(*typed)

    page = read(answer.text)
    fields = page.all("input", aria_invalid="true")
    assert (answer.status_code, services.asked_at(LOOKUPS)) == (422, [])
    assert [field.attributes["id"] for field in fields] == wrong
    for field in fields:
        described = field.attributes["aria-describedby"].split()
        assert page.one("span", id=described[1]).text.startswith("Enter the ")


async def test_too_many_tries_are_told_with_the_wait(look_up, services):
    services.say("POST", LOOKUPS, TooMany(retry_after_s=42))

    answer = await look_up(language="ro")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "42")
    assert read(answer.text).one("div", role="alert").one("h2").text == "Prea multe încercări"


async def test_auth_away_is_a_page(look_up, services):
    services.say("POST", LOOKUPS, Unreachable())

    answer = await look_up()

    assert (answer.status_code, read(answer.text).one("h1").text) == (503, "A short interval")


async def test_form_works_without_scripts(browser):
    form = read((await browser.get("/en/find")).text).one("form", class_="lookup")

    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/en/find")
    labels = {label.attributes["for"] for label in form.all("label")}
    assert labels == {"reference", "code"}
