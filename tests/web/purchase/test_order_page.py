"""One address for an order in every state."""

import json
from urllib.parse import urlencode

import pytest

from backend.contracts.orders import LineState, OrderState
from backend.contracts.problems import Unavailable
from backend.contracts.problems_orders import (
    HoldExpired,
    NoExtensionLeft,
    OrderMissing,
    PaymentUnderWay,
)
from backend.contracts.problems_tickets import TicketsMissing
from brand.texts import texts
from tests.web.purchase import cinema, rig
from tests.web.purchase.rig import ORDER_PATH, SCREENING_PATH, fields_of, words

SERVICE = f"/orders/{cinema.ORDER}"
S = OrderState
PAY = f"{ORDER_PATH}/pay"


def set_order(said, order):
    said.say("GET", SERVICE, order)
    return order


STATES = [
    (cinema.order(), "Almost yours", "Aproape gata"),
    (cinema.order(S.PAYING), "Your payment is open", "Plata este deschisă"),
    (cinema.order(S.PAYING, closing=True), "Cancelling the payment", "Se anulează plata"),
    (cinema.order(S.CONFIRMING), "Payment received", "Plata a fost primită"),
    (cinema.order(S.PAID), "tickets are being prepared", "biletele se pregătesc"),
    (cinema.order(S.ISSUED), "Your tickets", "Biletele dumneavoastră"),
    (cinema.order(S.EXPIRED), "Your time ran out", "Timpul a expirat"),
    (cinema.order(S.CANCELLED), "You let these seats go", "Ați renunțat la locuri"),
    (cinema.order(S.REFUNDING), "Your money is on its way back", "Banii sunt pe drum înapoi"),
    (cinema.order(S.REFUNDED), "Your money went back", "Banii au fost trimiși înapoi"),
    (cinema.order(S.PART_REFUNDED), "Your tickets", "Biletele dumneavoastră"),
    (cinema.order(S.REVIEW), "We are checking your order", "Verificăm comanda"),
]


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize(
    "state", STATES, ids=lambda each: f"{each[0].state}{'-closing' * each[0].closing}"
)
async def test_every_state_has_a_page(browser, said, state, language):
    order, *titles = state
    set_order(said, order)

    page = await browser.get(f"/{language}/orders/{cinema.ORDER}")

    assert page.status_code == 200
    assert titles[language == "ro"] in words(page)
    passing = order.closing or order.state in {S.CONFIRMING, S.PAID}
    assert page.headers.get("refresh") == ("3" if passing else None)


async def test_strangers_order_is_missing(browser, said):
    said.say("GET", SERVICE, OrderMissing())

    assert (await browser.get(ORDER_PATH)).status_code == 404


@pytest.mark.parametrize(
    ("session", "token"),
    [
        (rig.session(order_tokens={cinema.ORDER: "looked-up"}), "looked-up"),
        (rig.session(order_tokens={rig.OTHER_ORDER: "looked-up"}), "guest-token"),
        (rig.session("customer", guest_token="earlier-guest"), "earlier-guest"),
        (rig.session("customer"), "person-token"),
    ],
    ids=["looked up", "own", "bought before signing in", "account"],
)
async def test_order_is_opened_by_whichever_token_it_belongs_to(browser, said, session, token):
    said.session = session
    if token == "earlier-guest":
        said.say("GET", SERVICE, OrderMissing(), cinema.order(S.ISSUED))
    else:
        set_order(said, cinema.order(S.ISSUED))

    page = await browser.get(ORDER_PATH)

    assert page.status_code == 200
    assert said.asked("GET", SERVICE)[-1].token == token
    assert said.asked("GET", f"{SERVICE}/tickets")[0].token == token


async def test_held_order_offers_all_that_can_be_done(browser):
    page = await browser.get(ORDER_PATH)

    said = words(page)
    assert "Kept for another 9:42" in said
    assert "Total RON\u00a067.00 VAT 11%, included RON\u00a06.64" in said
    form = dict(fields_of(page, PAY))
    assert (form["type-11"], form["type-12"], form["email"]) == ("adult", "adult", "")
    assert (form["seen"], form["extensions"]) == ("6700", "2")
    for way in ("/extend", "/release", "/seats"):
        assert f'"{ORDER_PATH}{way}"' in page.text
    assert f"return_to={ORDER_PATH}" in page.text


async def test_signed_in_buyer_finds_their_address_filled_in(browser, said):
    said.session = rig.session("customer")

    page = await browser.get(ORDER_PATH)

    assert dict(fields_of(page, PAY))["email"] == "ana@mail.example"
    assert "Signed in as Ana Pop" in words(page)


async def test_hold_whose_time_is_over_can_still_be_paid(browser, said):
    set_order(said, cinema.order(expires_in_s=0.0))

    page = await browser.get(ORDER_PATH)

    assert "if you pay now, they are yours" in words(page)
    assert "data-expires-in" not in page.text
    assert fields_of(page, PAY)


async def test_extending_without_scripts_keeps_what_was_typed(browser, said):
    said.say("POST", f"{SERVICE}/extend", cinema.order(expires_in_s=900.0, extensions_left=1))
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))
    form |= {"email": "ana@mail", "type-12": "child"}

    page = await browser.post(f"{ORDER_PATH}/extend", data=form)

    kept = dict(fields_of(page, PAY))
    assert page.status_code == 200
    assert (kept["email"], kept["type-12"], kept["extensions"]) == ("ana@mail", "child", "1")
    assert "Kept for another 15:00" in words(page)


async def test_extending_by_script_answers_what_it_needs(browser, said):
    said.say("POST", f"{SERVICE}/extend", cinema.order(expires_in_s=900.0, extensions_left=1))
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))

    answer = await browser.post(
        f"{ORDER_PATH}/extend", data=form, headers={"Accept": "application/json"}
    )

    assert answer.json() == {"expires_in_s": 900.0, "extensions_left": 1, "version": 3}


async def test_double_click_extends_once_and_the_next_click_again(browser, said):
    said.say("POST", f"{SERVICE}/extend", cinema.order(expires_in_s=900.0, extensions_left=1))
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))

    for extensions in ("2", "2", "1"):
        await browser.post(f"{ORDER_PATH}/extend", data={**form, "extensions": extensions})

    keys = [call.key for call in said.asked("POST", f"{SERVICE}/extend")]
    assert (keys[0] == keys[1], keys[1] == keys[2]) == (True, False)


@pytest.mark.parametrize(
    "case",
    [
        ("extend", NoExtensionLeft(), 409, "extended twice already"),
        ("extend", HoldExpired(), 410, "are not kept any more"),
        ("release", PaymentUnderWay(), 409, "A payment is under way"),
        ("release", Unavailable(), 503, "nothing is lost"),
    ],
)
async def test_refusal_comes_with_the_page_and_what_was_typed(browser, said, case):
    way, problem, status, sentence = case
    said.say("POST", f"{SERVICE}/{way}", problem)
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))

    page = await browser.post(f"{ORDER_PATH}/{way}", data={**form, "email": "ana@mail.example"})

    assert (page.status_code, sentence in words(page)) == (status, True)
    assert dict(fields_of(page, PAY))["email"] == "ana@mail.example"


async def test_letting_go_leads_back_to_the_order(browser, said):
    said.say("POST", f"{SERVICE}/release", cinema.order(S.CANCELLED))
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))

    answer = await browser.post(f"{ORDER_PATH}/release", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)


async def test_types_are_changed_without_scripts(browser, said):
    new = cinema.order(lines=[cinema.line(1, 11), cinema.line(2, 12, "child")])
    said.say("PUT", f"{SERVICE}/seats", new)
    form = dict(fields_of(await browser.get(ORDER_PATH), PAY))

    page = await browser.post(
        f"{ORDER_PATH}/types", data={**form, "type-12": "child", "email": "ana@mail.example"}
    )

    (call,) = said.asked("PUT", f"{SERVICE}/seats")
    assert json.loads(call.body)["lines"][1] == {"seat": 12, "ticket_type": "child"}
    kept = dict(fields_of(page, PAY))
    assert (kept["seen"], kept["email"]) == ("5700", "ana@mail.example")


async def test_expired_order_offers_the_same_seats_in_one_click(browser, said):
    lines = [cinema.line(1, 11), cinema.line(2, 12, "child")]
    set_order(said, cinema.order(S.EXPIRED, lines=lines))

    page = await browser.get(ORDER_PATH)
    form = fields_of(page, SCREENING_PATH)
    answer = await browser.post(
        SCREENING_PATH, content=urlencode(form), headers={"Content-Type": FORM}
    )

    assert answer.headers["location"] == ORDER_PATH
    (call,) = said.asked("POST", "/orders")
    assert json.loads(call.body)["lines"] == [
        {"seat": 11, "ticket_type": "adult"},
        {"seat": 12, "ticket_type": "child"},
    ]


FORM = "application/x-www-form-urlencoded"


async def test_expired_order_whose_seats_are_gone_leads_to_the_map(browser, said):
    set_order(said, cinema.order(S.EXPIRED))
    said.say("GET", f"/screenings/{cinema.SCREENING}/seats", cinema.seat_map({11: "sold"}))

    page = await browser.get(ORDER_PATH)

    assert f'"{SCREENING_PATH}?seat=12"' in page.text
    assert "Some of them were taken meanwhile" in words(page)


async def test_tickets_show_seat_code_and_what_became_of_the_mail(browser, said):
    order = set_order(said, cinema.order(S.ISSUED))
    entered = (
        cinema.tickets(order)
        .tickets[0]
        .model_copy(update={"admitted_at": cinema.NOW, "admitted_door": "Main"})
    )
    said.say(
        "GET",
        f"{SERVICE}/tickets",
        cinema.tickets(order, tickets=[entered, cinema.tickets(order).tickets[1]]),
    )

    page = await browser.get(ORDER_PATH)

    text = words(page)
    assert page.text.count('<path d="M0 0h7v1h-7z') == 2
    assert "Ticket 2 of 2 Row B Seat 4" in text
    assert "Admitted Fri 27 Nov, 14:00, Main" in text
    assert "Sent to ana@mail.example at 14:00." in text
    assert 'href="http://localhost:8025"' in page.text


async def test_mail_that_failed_is_said(browser, said):
    order = set_order(said, cinema.order(S.ISSUED))
    said.say(
        "GET", f"{SERVICE}/tickets", cinema.tickets(order, mailed_at=None, mail_problem="refused")
    )

    page = await browser.get(ORDER_PATH)

    assert texts("en")("mail.problem.refused") in words(page)


@pytest.mark.parametrize("problem", [TicketsMissing(), Unavailable()], ids=lambda p: p.code)
async def test_tickets_that_cannot_be_had_yet_are_being_prepared(browser, said, problem):
    set_order(said, cinema.order(S.ISSUED))
    said.say("GET", f"{SERVICE}/tickets", problem)

    assert "tickets are being prepared" in words(await browser.get(ORDER_PATH))


async def test_refunded_ticket_is_not_shown_as_one(browser, said):
    lines = [cinema.line(1, 11), cinema.line(2, 12, state=LineState.REFUNDED)]
    order = set_order(said, cinema.order(S.PART_REFUNDED, lines=lines))
    kept, revoked = cinema.tickets(order).tickets
    revoked = revoked.model_copy(update={"status": "REVOKED"})
    said.say("GET", f"{SERVICE}/tickets", cinema.tickets(order, tickets=[kept, revoked]))

    page = await browser.get(ORDER_PATH)

    assert "Ticket 1 of 1" in words(page)
    assert "One ticket was given back Row B, seat 4" in words(page)


async def test_hostile_texts_of_an_order_are_only_text(browser, said):
    order = set_order(said, cinema.order(S.ISSUED, title="<img src=x onerror=alert(1)>"))
    said.say("GET", f"{SERVICE}/tickets", cinema.tickets(order))

    page = await browser.get(ORDER_PATH)

    assert "<img src=x" not in page.text
