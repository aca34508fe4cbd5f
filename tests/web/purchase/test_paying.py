"""Pay, the card page, and every way back from it."""

import json

import pytest

from backend.contracts.orders import OrderState, PayAnswer
from backend.contracts.payments import AttemptState, CheckoutRead
from backend.contracts.problems import Unavailable
from backend.contracts.problems_orders import EmailNeeded, HoldExpired, SaleClosed
from tests.web.purchase import cinema
from tests.web.purchase.rig import ORDER_PATH, fields_of, words
from web.pages import payments

SERVICE = f"/orders/{cinema.ORDER}"
PAY = f"{ORDER_PATH}/pay"
CARD_PAGE = "http://localhost:12111/c/pay/cs_test_1"
S = OrderState


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(payments, "PAUSES_S", (0.0, 0.0))


def checkout(state: AttemptState) -> CheckoutRead:
    return CheckoutRead(
        order_id=cinema.ORDER,
        attempt=1,
        state=state,
        version=1,
        url=None,
        failure=None,
        captured_minor=0,
        refunded_minor=0,
    )


async def press_pay(browser, **changes):
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))
    return await browser.post(PAY, data={**form, "email": "ana@mail.example", **changes})


async def test_pay_leads_to_the_card_page(browser, said):
    said.say("POST", f"{SERVICE}/pay", PayAnswer(state=S.PAYING, checkout_url=CARD_PAGE))

    answer = await press_pay(browser)

    assert (answer.status_code, answer.headers["location"]) == (303, CARD_PAGE)
    (call,) = said.asked("POST", f"{SERVICE}/pay")
    assert json.loads(call.body) == {"email": "ana@mail.example"}
    policy = (await browser.get(ORDER_PATH)).headers["content-security-policy"]
    assert "form-action 'self' http://localhost:12111" in policy


async def test_double_click_pays_with_one_key(browser, said):
    said.say("POST", f"{SERVICE}/pay", PayAnswer(state=S.PAYING, checkout_url=CARD_PAGE))
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))
    form["email"] = "ana@mail.example"

    for _ in range(2):
        await browser.post(PAY, data=form)
    # The old page again, by the back button, after that payment was closed.
    said.say("GET", SERVICE, cinema.order(attempt=1))
    await browser.post(PAY, data=form)

    keys = [call.key for call in said.asked("POST", f"{SERVICE}/pay")]
    assert (keys[0] == keys[1], keys[1] == keys[2]) == (True, False)
    assert {len(key) <= 64 for key in keys} == {True}


async def test_free_order_goes_straight_to_its_tickets(browser, said):
    said.say("POST", f"{SERVICE}/pay", PayAnswer(state=S.PAID, checkout_url=None))

    assert (await press_pay(browser)).headers["location"] == ORDER_PATH


async def test_card_page_that_is_not_open_yet_is_waited_for(browser, said):
    said.say(
        "POST",
        f"{SERVICE}/pay",
        PayAnswer(state=S.PAYING, checkout_url=None),
    )
    first = await press_pay(browser)
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say(
        "GET",
        f"{SERVICE}/payment",
        PayAnswer(state=S.PAYING, checkout_url=None),
        Unavailable(),
        PayAnswer(state=S.PAYING, checkout_url=CARD_PAGE),
    )

    waits = [await browser.get(first.headers["location"]) for _ in range(3)]

    assert first.headers["location"] == f"{ORDER_PATH}/payment"
    assert [wait.status_code for wait in waits] == [200, 200, 303]
    assert waits[0].headers["refresh"] == "3"
    assert waits[2].headers["location"] == CARD_PAGE
    assert len(said.asked("POST", f"{SERVICE}/pay")) == 1


async def test_waiting_page_leads_on_when_the_payment_ended_meanwhile(browser, said):
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say("GET", f"{SERVICE}/payment", PayAnswer(state=S.HELD, checkout_url=None))

    answer = await browser.get(f"{ORDER_PATH}/payment")

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)
    assert said.asked("POST", f"{SERVICE}/pay") == []


@pytest.mark.parametrize("order", [cinema.order(), cinema.order(S.PAYING, closing=True)])
async def test_waiting_page_never_pays_by_itself(browser, said, order):
    said.say("GET", SERVICE, order)

    answer = await browser.get(f"{ORDER_PATH}/payment")

    assert answer.headers["location"] == ORDER_PATH
    assert said.asked("POST", f"{SERVICE}/pay") == []


@pytest.mark.parametrize(
    "case",
    [
        ("ana@mail", None, "This is not an e-mail address"),
        ("", EmailNeeded(), "Where shall the tickets go?"),
    ],
)
async def test_wrong_address_is_said_at_its_field(browser, said, case):
    email, problem, sentence = case
    if problem is not None:
        said.say("POST", f"{SERVICE}/pay", problem)

    page = await press_pay(browser, email=email)

    assert page.status_code == 422
    assert sentence in words(page)
    assert 'aria-invalid="true"' in page.text
    assert dict(fields_of(page, PAY))["email"] == email


@pytest.mark.parametrize(
    "case",
    [
        (HoldExpired(), 410, cinema.order(S.EXPIRED), "Take the same seats again"),
        (SaleClosed(), 409, cinema.order(), "The sale is over"),
        (Unavailable(), 503, cinema.order(), "Nothing was charged and nothing is lost"),
    ],
)
async def test_refused_payment_shows_where_the_order_stands(browser, said, case):
    problem, status, after, sentence = case
    said.say("POST", f"{SERVICE}/pay", problem)
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))
    said.say("GET", SERVICE, cinema.order(), after)

    page = await browser.post(PAY, data={**form, "email": "ana@mail.example"})

    assert (page.status_code, sentence in words(page)) == (status, True)


async def test_changed_types_are_priced_before_they_are_paid(browser, said):
    cheaper = cinema.order(lines=[cinema.line(1, 11), cinema.line(2, 12, "child")])
    said.say("PUT", f"{SERVICE}/seats", cheaper)

    page = await press_pay(browser, **{"type-12": "child"})

    assert page.status_code == 200
    assert "it is RON\u00a057.00" in words(page)
    assert said.asked("POST", f"{SERVICE}/pay") == []
    assert dict(fields_of(page, PAY))["email"] == "ana@mail.example"


async def test_total_that_a_script_already_showed_is_paid_at_once(browser, said):
    cheaper = cinema.order(lines=[cinema.line(1, 11), cinema.line(2, 12, "child")])
    said.say("PUT", f"{SERVICE}/seats", cheaper)
    said.say("POST", f"{SERVICE}/pay", PayAnswer(state=S.PAYING, checkout_url=CARD_PAGE))

    answer = await press_pay(browser, **{"type-12": "child", "seen": "5700"})

    assert answer.headers["location"] == CARD_PAGE


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (AttemptState.AUTHORISED, "Payment received"),
        (AttemptState.CAPTURED, "Payment received"),
        (AttemptState.UNKNOWN, "We are asking the card provider"),
        (AttemptState.FAILED, "We are asking the card provider"),
    ],
)
async def test_return_shows_what_the_provider_says(browser, said, state, sentence):
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say("POST", f"{SERVICE}/sync", checkout(state))

    page = await browser.get(f"{ORDER_PATH}/return")

    assert (page.status_code, sentence in words(page)) == (200, True)
    assert page.headers["refresh"] == "3"


async def test_return_waits_a_moment_for_the_order(browser, said):
    said.say("GET", SERVICE, cinema.order(S.PAYING), cinema.order(S.PAYING), cinema.order(S.PAID))
    said.say("POST", f"{SERVICE}/sync", checkout(AttemptState.CAPTURED))

    answer = await browser.get(f"{ORDER_PATH}/return")

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)


async def test_return_from_an_unfinished_payment_says_how_to_go_on(browser, said):
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say("POST", f"{SERVICE}/sync", checkout(AttemptState.AT_PROVIDER))

    assert (await browser.get(f"{ORDER_PATH}/return")).headers["location"] == ORDER_PATH


async def test_return_while_payment_is_away_asks_not_to_pay_again(browser, said):
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say("POST", f"{SERVICE}/sync", Unavailable())

    page = await browser.get(f"{ORDER_PATH}/return")

    assert "Please do not pay again" in words(page)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_cancelling_closes_the_payment_once(browser, said, method):
    said.say("GET", SERVICE, cinema.order(S.PAYING))
    said.say("POST", f"{SERVICE}/close-payment", cinema.order(S.PAYING, closing=True))
    form = dict(fields_of(await browser.get(ORDER_PATH), f"{ORDER_PATH}/cancel-payment"))

    for _ in range(2):
        data = form if method == "POST" else None
        answer = await browser.request(method, f"{ORDER_PATH}/cancel-payment", data=data)

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)
    assert len({call.key for call in said.asked("POST", f"{SERVICE}/close-payment")}) == 1


async def test_cancelling_what_is_paid_changes_nothing(browser, said):
    said.say("GET", SERVICE, cinema.order(S.ISSUED))

    answer = await browser.get(f"{ORDER_PATH}/cancel-payment")

    assert answer.headers["location"] == ORDER_PATH
    assert said.asked("POST", f"{SERVICE}/close-payment") == []
