"""The seat picker as a browser without scripts meets it."""

import json

import pytest

from backend.contracts.orders import OrderState
from backend.contracts.problems import Unavailable
from backend.contracts.problems_orders import (
    BuyerPaused,
    CarerAlone,
    HoldElsewhere,
    LoneSeat,
    OrderMissing,
    PriceChanged,
    SaleClosed,
    SaleNotOpen,
    ScreeningMissing,
    SeatBroken,
    SeatTaken,
    SeatTwice,
    SeatUnknown,
    TicketTypeUnknown,
    TooManySeats,
)
from backend.contracts.seats import BestSeats
from tests.web.purchase import cinema, rig
from tests.web.purchase.rig import ORDER_PATH, SCREENING_PATH, fields_of, words

SEATS = [("seat", "11"), ("seat", "12")]
SERVICE = f"/screenings/{cinema.SCREENING}"


async def post(browser, fields, path=SCREENING_PATH):
    """Open the page and send its form with these fields as well."""
    page = await browser.get(path)
    return await browser.post(path, data=_multi(fields_of(page, path) + fields))


def _multi(fields):
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return data


@pytest.mark.parametrize(
    ("language", "seat", "fee"),
    [
        ("en", "Row B, seat 3 , standard, RON\u00a033.50, free", "booking fee of RON\u00a01.50"),
        ("ro", "Rândul B, locul 3 , standard, 33,50\u00a0lei, liber", "rezervare de 1,50\u00a0lei"),
    ],
)
async def test_every_seat_is_a_labelled_checkbox(browser, language, seat, fee):
    page = await browser.get(f"/{language}/screenings/{cinema.SCREENING}")

    text = words(page)
    assert page.status_code == 200
    assert (seat in text, fee in text, "Nosferatu" in text) == (True, True, True)
    assert page.text.count('type="checkbox" name="seat"') == 32


async def test_taken_seats_cannot_be_chosen(browser, said):
    said.say("GET", f"{SERVICE}/seats", cinema.seat_map({11: "sold", 12: "held"}))

    page = await browser.get(f"{SCREENING_PATH}?seat=11&seat=12&seat=13")

    seats = [value for name, value in fields_of(page, SCREENING_PATH) if name == "seat"]
    assert seats == ["13"]
    assert page.text.count(" disabled>") == 3  # these two, and one that is broken


async def test_best_seats_come_without_scripts(browser, said):
    said.say("GET", f"{SERVICE}/seats/best", BestSeats(seats=[19, 20, 21]))

    page = await browser.get(f"{SCREENING_PATH}?party=3")

    assert [v for n, v in fields_of(page, SCREENING_PATH) if n == "seat"] == ["19", "20", "21"]
    assert "RON\u00a0115.50" in page.text


async def test_full_house_for_a_party_is_said(browser, said):
    said.say("GET", f"{SERVICE}/seats/best", BestSeats(seats=[]))

    page = await browser.get(f"{SCREENING_PATH}?party=9")

    assert "There are not 9 seats left." in words(page)


@pytest.mark.parametrize("party", ["0", "-3", "many", "٣", "9" * 5000])
async def test_party_that_is_no_number_is_left_out(browser, said, party):
    said.say("GET", f"{SERVICE}/seats/best", BestSeats(seats=[19]))

    page = await browser.get(f"{SCREENING_PATH}?party={party}")
    best = await browser.get(f"{SCREENING_PATH}/best?party={party}")

    assert (page.status_code, best.status_code) == (200, 200)
    assert len(said.asked("GET", f"{SERVICE}/seats/best")) == 1  # the page asked for none


async def test_holding_leads_to_the_order(browser, said):
    answer = await post(browser, [*SEATS, ("type-12", "child"), ("accessible_time", "on")])

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)
    (call,) = said.asked("POST", "/orders")
    assert json.loads(call.body) == {
        "screening_id": str(cinema.SCREENING),
        "lines": [
            {"seat": 11, "ticket_type": "adult"},
            {"seat": 12, "ticket_type": "child"},
        ],
        "language": "en",
        "email": None,
        "accessible_time": True,
    }
    assert call.token == "guest-token"


async def test_same_form_twice_carries_the_same_key(browser, said):
    page = await browser.get(SCREENING_PATH)
    form = _multi(fields_of(page, SCREENING_PATH) + SEATS)

    for _ in range(2):
        await browser.post(SCREENING_PATH, data=form)
    await browser.post(SCREENING_PATH, data={**form, "seat": ["13"]})
    await post(browser, SEATS)

    keys = [call.key for call in said.asked("POST", "/orders")]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


async def test_form_of_a_stranger_does_nothing(browser, said):
    answer = await browser.post(
        SCREENING_PATH, data=_multi([*SEATS, ("csrf", "guessed"), ("intent", "0" * 32)])
    )

    assert (answer.status_code, said.asked("POST", "/orders")) == (403, [])


REFUSALS = [
    (SeatTaken(seats=[11]), 409, "B3 has just been taken", "B3 tocmai s-a ocupat"),
    (LoneSeat(seats=[13]), 409, "B5 would be left alone", "B5 ar rămâne singur"),
    (TooManySeats(seats_left=1), 409, "You can take 1 more", "Mai puteți lua 1"),
    (HoldElsewhere(order_id=str(cinema.ORDER)), 409, "Finish that order", "Terminați întâi"),
    (BuyerPaused(retry_after_s=400), 429, "again in 7 minutes", "peste 7 minute"),
    (PriceChanged(), 409, "Look at the new prices", "Priviți prețurile noi"),
    (SaleClosed(), 409, "are not sold any more", "nu se mai vând bilete"),
    (SaleNotOpen(), 409, "not on sale yet", "nu sunt încă în vânzare"),
    (SeatUnknown(seats=[999]), 422, "does not have", "pe care sala nu îl are"),
    (SeatTwice(seats=[11]), 422, "can be chosen once", "o singură dată"),
    (SeatBroken(seats=[16]), 409, "B8 cannot be sold", "B8 nu se poate vinde"),
    (TicketTypeUnknown(seat=11), 422, "Choose one of the ticket types", "Alegeți unul dintre"),
    (CarerAlone(), 409, "Choose a wheelchair space", "Alegeți și un loc pentru scaun"),
    (Unavailable(), 503, "Please try once more", "să mai încercați o dată"),
]


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: each[0].code)
async def test_refusal_is_explained_and_nothing_is_lost(browser, said, refusal, language):
    problem, status, *sentences = refusal
    said.say("POST", "/orders", problem)
    path = f"/{language}/screenings/{cinema.SCREENING}"

    answer = await post(browser, [*SEATS, ("type-12", "child"), ("accessible_time", "on")], path)

    assert answer.status_code == status
    assert sentences[language == "ro"] in words(answer)
    kept = fields_of(answer, path)
    assert [field for field in kept if field[0] not in {"csrf", "intent"}] == [
        *SEATS,
        ("type-11", "adult"),
        ("type-12", "child"),
        ("accessible_time", "on"),
    ]


async def test_pause_says_when_to_come_back(browser, said):
    said.say("POST", "/orders", BuyerPaused(retry_after_s=400))

    assert (await post(browser, SEATS)).headers["retry-after"] == "400"


async def test_seats_just_lost_are_not_chosen_any_more(browser, said):
    said.say("POST", "/orders", SeatTaken(seats=[11]))
    page = await browser.get(SCREENING_PATH)
    said.say("GET", f"{SERVICE}/seats", cinema.seat_map({11: "held"}))

    answer = await browser.post(
        SCREENING_PATH, data=_multi(fields_of(page, SCREENING_PATH) + SEATS)
    )

    assert [v for n, v in fields_of(answer, SCREENING_PATH) if n == "seat"] == ["12"]


async def test_new_prices_are_shown_with_the_refusal(browser, said):
    said.say("POST", "/orders", PriceChanged())
    page = await browser.get(SCREENING_PATH)
    said.say("GET", SERVICE, cinema.detail(adult=4000))

    answer = await browser.post(
        SCREENING_PATH, data=_multi(fields_of(page, SCREENING_PATH) + SEATS)
    )

    assert "RON\u00a083.00" in answer.text


@pytest.mark.parametrize(
    "case",
    [
        ([], 422, "Choose at least one seat"),
        ([("seat", "-5")], 422, "There is no such seat here"),
        ([("seat", str(seat)) for seat in range(1, 12)], 409, "That is too many seats"),
        ([("seat", "11"), ("type-11", "Ünknown")], 422, "not sold for this seat"),
    ],
)
async def test_what_no_form_of_ours_sends_asks_no_service(browser, said, case):
    fields, status, sentence = case
    answer = await post(browser, fields)

    assert answer.status_code == status
    assert sentence in words(answer)
    assert said.asked("POST", "/orders") == []


async def test_price_is_shown_before_anything_is_held(browser, said):
    answer = await post(browser, [*SEATS, ("type-12", "child"), ("step", "price")])

    assert answer.status_code == 200
    assert "RON\u00a057.00" in answer.text
    assert said.asked("POST", "/orders") == []


async def test_hold_for_the_same_screening_is_swapped(browser, said):
    said.say("PUT", f"/orders/{cinema.ORDER}/seats", cinema.order())

    answer = await post(browser, [*SEATS, ("instead", str(cinema.ORDER))])

    assert answer.headers["location"] == ORDER_PATH
    assert len(said.asked("PUT", f"/orders/{cinema.ORDER}/seats")) == 1
    assert said.asked("POST", "/orders") == []


async def test_hold_for_another_screening_is_given_up(browser, said):
    elsewhere = cinema.order().screening.model_copy(update={"id": cinema.FILM})
    said.say("GET", f"/orders/{cinema.ORDER}", cinema.order(screening=elsewhere))
    said.say("POST", f"/orders/{cinema.ORDER}/release", cinema.order(OrderState.CANCELLED))

    answer = await post(browser, [*SEATS, ("instead", str(cinema.ORDER))])

    assert answer.status_code == 303
    assert [call.method for call in said.calls if call.method == "POST"] == ["POST", "POST"]


AHEAD = {"is_on_sale": False}
STANDINGS = [
    ({**AHEAD, "state": "cancelled"}, "is cancelled", "este anulată"),
    ({**AHEAD, "state": "closed"}, "The sale is over", "Vânzarea s-a încheiat"),
    (AHEAD, "The sale is over", "Vânzarea s-a încheiat"),
    (
        {**AHEAD, "sale_opens_at": cinema.NOW},
        "The sale opens on Fri 27 Nov, 14:00.",
        "Vânzarea începe vin., 27 nov., 14:00.",
    ),
    ({**AHEAD, "starts_at": cinema.LONG_AGO}, "The film has begun", "Filmul a început"),
    (
        {**AHEAD, "starts_at": cinema.LONG_AGO, "ends_at": cinema.LONG_AGO},
        "This screening is over",
        "Proiecția s-a încheiat",
    ),
    (
        {"starts_at": cinema.LONG_AGO, "ends_at": cinema.LONG_AGO},  # its till is still open
        "This screening is over",
        "Proiecția s-a încheiat",
    ),
]


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("standing", STANDINGS, ids=lambda each: each[1])
async def test_screening_that_is_not_sold_says_why(browser, said, standing, language):
    changes, *sentences = standing
    said.say("GET", SERVICE, cinema.detail(**changes))

    page = await browser.get(f"/{language}/screenings/{cinema.SCREENING}")

    assert page.status_code == 200
    assert sentences[language == "ro"] in words(page)
    assert 'name="seat"' not in page.text


async def test_sold_out_house_still_shows_its_map(browser, said):
    said.say("GET", f"{SERVICE}/seats", cinema.seat_map(dict.fromkeys(range(1, 33), "sold")))

    page = await browser.get(SCREENING_PATH)

    assert "Sold out" in words(page)
    assert page.text.count(" disabled>") == 32


async def test_unknown_screening_is_a_missing_page(browser, said):
    said.say("GET", SERVICE, ScreeningMissing())

    assert (await browser.get(SCREENING_PATH)).status_code == 404


async def test_hostile_title_is_only_text(browser, said):
    title = "<script>alert(1)</script>\"'&{{7*7}}"
    said.say("GET", SERVICE, cinema.detail(title))

    page = await browser.get(SCREENING_PATH)

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{7*7}}" in page.text


async def test_change_mode_shows_the_holds_own_seats_as_chosen(browser, said):
    said.say("GET", f"{SERVICE}/seats", cinema.seat_map({11: "held", 12: "held", 13: "held"}))
    said.say("PUT", f"/orders/{cinema.ORDER}/seats", cinema.order())
    path = f"{ORDER_PATH}/seats"

    page = await browser.get(path)
    form = fields_of(page, path)
    answer = await browser.post(path, data=_multi([*form, ("seat", "14")]))

    assert [value for name, value in form if name == "seat"] == ["11", "12"]
    assert answer.headers["location"] == ORDER_PATH
    (call,) = said.asked("PUT", f"/orders/{cinema.ORDER}/seats")
    assert [line["seat"] for line in json.loads(call.body)["lines"]] == [11, 12, 14]


async def test_hold_from_before_signing_in_is_changed_with_its_own_token(browser, said):
    said.session = rig.session("customer", guest_token="earlier-guest")
    order = f"/orders/{cinema.ORDER}"
    said.say("GET", order, OrderMissing(), cinema.order())
    said.say("PUT", f"{order}/seats", cinema.order())
    path = f"{ORDER_PATH}/seats"
    form = fields_of(await browser.get(path), path)
    said.say("GET", order, OrderMissing(), cinema.order())

    await browser.post(path, data=_multi(form))

    assert [call.token for call in said.asked("PUT", f"{order}/seats")] == ["earlier-guest"]


async def test_seats_of_a_payment_under_way_are_not_changed(browser, said):
    said.say("GET", f"/orders/{cinema.ORDER}", cinema.order(OrderState.PAYING))

    answer = await browser.get(f"{ORDER_PATH}/seats")

    assert (answer.status_code, answer.headers["location"]) == (303, ORDER_PATH)


async def test_script_can_ask_for_map_and_best_seats(browser, said):
    said.say("GET", f"{SERVICE}/seats/best", BestSeats(seats=[19]))

    seat_map = await browser.get(f"{SCREENING_PATH}/map")
    best = await browser.get(f"{SCREENING_PATH}/best?party=1")

    assert seat_map.json() == cinema.seat_map().model_dump(mode="json")
    assert best.json() == {"seats": [19]}
    assert seat_map.headers["cache-control"] == "no-store"
