"""A form acts only when it is ours, of this visit, and not too large."""

from uuid import UUID

import pytest
from starlette.datastructures import FormData

from backend.contracts.sessions import LookedUp
from tests.web import builders
from tests.web.conftest import PUBLIC
from tests.web.reading import read
from web.forms import LARGEST, intent_key
from web.problems import FormStale

ORDER = UUID("00000000-0000-7000-8000-0000000000d1")
FIELDS = {"csrf": builders.CSRF, "reference": "7K2M-P9QX-4TBD", "code": "7K2M-Q9XD"}
OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _order_is_found(services):
    found = LookedUp(order_id=ORDER, set_cookie="mm_order=1; Path=/; HttpOnly")
    services.say("POST", "auth/internal/lookups", found)


async def send(browser, headers=None, fields=None, **more):
    return await browser.post(
        "/en/find", headers=OURS if headers is None else headers, data=fields or FIELDS, **more
    )


@pytest.mark.parametrize("headers", [OURS, {"Origin": PUBLIC}, {"Sec-Fetch-Site": "same-origin"}])
async def test_our_own_form_acts(browser, services, headers):
    answer = await send(browser, headers)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/en/orders/{ORDER}")
    assert len(services.asked_at("auth/internal/lookups")) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8180"},
        {"Origin": "https://localhost:8081"},
        {"Origin": f"{PUBLIC}.evil.example"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
async def test_foreign_senders_are_refused_even_with_a_good_token(browser, services, headers):
    answer = await send(browser, headers)

    assert answer.status_code == 403
    assert services.asked_at("auth/internal/lookups") == []


@pytest.mark.parametrize("token", [None, "", "wrong", builders.CSRF + "x", builders.CSRF.upper()])
async def test_wrong_tokens_are_refused(browser, services, token):
    fields = {name: value for name, value in FIELDS.items() if name != "csrf"}
    answer = await send(browser, fields=fields if token is None else {**fields, "csrf": token})

    assert answer.status_code == 403
    assert services.asked_at("auth/internal/lookups") == []


async def test_empty_token_of_a_session_opens_nothing(browser, services):
    services.say("GET", "auth/internal/session", builders.session(csrf=""))

    answer = await send(browser, fields={**FIELDS, "csrf": ""})

    assert answer.status_code == 403


async def test_large_forms_are_refused(browser, services):
    answer = await send(browser, fields={**FIELDS, "more": "x" * LARGEST})

    assert answer.status_code == 413
    assert services.asked_at("auth/internal/lookups") == []


async def test_forms_with_thousands_of_fields_are_refused(browser):
    answer = await send(browser, fields={**FIELDS, **{f"f{n}": "" for n in range(1_001)}})

    assert answer.status_code == 400


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data"])
async def test_other_media_types_are_refused(browser, media_type):
    answer = await browser.post(
        "/en/find", headers={**OURS, "Content-Type": media_type}, content=b"csrf=x"
    )

    assert answer.status_code == 415


async def test_refusal_is_a_page_with_a_way_on(browser):
    answer = await send(browser, {"Origin": "https://evil.example"})

    page = read(answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "/en" in [a.attributes["href"] for a in page.one("main").all("a")]


async def test_each_rendering_carries_the_token_and_a_new_intent(browser):
    forms = [
        {
            field.attributes["name"]: field.attributes["value"]
            for field in read((await browser.get("/en/find")).text).all("input", type="hidden")
        }
        for _ in range(2)
    ]

    assert [form["csrf"] for form in forms] == [builders.CSRF] * 2
    assert forms[0]["intent"] != forms[1]["intent"]


def test_same_form_twice_is_one_intent_and_a_changed_one_another():
    def form(**changes):
        return FormData({"intent": "a" * 32, "csrf": "x", "seat": "5", **changes})

    keys = [intent_key(form()), intent_key(form()), intent_key(form(csrf="renewed"))]

    assert len(set(keys)) == 1
    assert intent_key(form(seat="6")) != keys[0]
    assert intent_key(form(intent="b" * 32)) != keys[0]
    assert 8 <= len(keys[0]) <= 64


@pytest.mark.parametrize("intent", ["", "short", "Z" * 32, "a" * 33])
def test_form_without_an_intent_of_ours_is_stale(intent):
    with pytest.raises(FormStale):
        intent_key(FormData({"intent": intent}))
