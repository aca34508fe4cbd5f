"""A visitor buys: as a guest, signed in, by keyboard, without JavaScript, in two languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.account import AccountPages
from tests.e2e.pages.card import CardPage
from tests.e2e.pages.order import OrderPage
from tests.e2e.pages.programme import ProgrammePage
from tests.e2e.pages.seats import SeatsPage
from tests.support.tickets import codes_of

pytestmark = pytest.mark.e2e
BUYER = "ana@example.org"


def hold_two(page: Page, language: str = "en", screening: int = 0) -> OrderPage:
    """Hold the best two seats of a coming day's screening."""
    programme = ProgrammePage(page, language).open()
    programme.open_a_coming_day()
    programme.choose_screening(screening)
    seats = SeatsPage(page, language)
    seats.take_best(2)
    seats.hold()
    return OrderPage(page, language).is_here()


@pytest.mark.parametrize("language", ["en", "ro"])
def test_a_guest_buys_two_tickets(page, language):
    order = hold_two(page, language)
    order.give_email(BUYER).pay()
    CardPage(page, language).is_here().pay_with("success")

    order.is_here().has_tickets(2)

    expect(page.locator("html")).to_have_attribute("lang", language)
    codes = codes_of(order.pdf())
    assert len(codes) == 2
    assert all(len(code) == 244 and code.isdigit() for code in codes)


def test_a_signed_in_customer_buys_and_finds_the_tickets_again(page, cinema):
    order = hold_two(page)
    order.follow("web.order.held.sign_in")
    AccountPages(page).sign_in("ana@mesh.example", cinema.passwords["ana@mesh.example"])
    order.is_here()
    expect(page.locator("#email")).to_have_value("ana@mesh.example")
    order.pay()
    CardPage(page).is_here().pay_with("success")
    reference = order.is_here().has_tickets(2).reference

    page.goto("/en/tickets")

    expect(page.locator("main")).to_contain_text(reference)


def test_everything_works_by_keyboard_alone(page):
    ProgrammePage(page).open().open_a_coming_day()
    focus_and_press(page, 'a[href*="/screenings/"]', "Enter")
    focus_and_press(page, '#picker input[name="seat"]:enabled', "Space")
    focus_and_press(page, '.picker-bar button[type="submit"]', "Enter")
    order = OrderPage(page).is_here()
    tab_to(page, "#email")
    page.keyboard.type(BUYER)
    focus_and_press(page, "button.button-pay", "Enter")
    CardPage(page).is_here()
    focus_and_press(page, 'button[name="card"][value="success"]', "Enter")

    order.is_here().has_tickets(1)


def test_everything_works_without_javascript(visitor):
    page = visitor(javascript=False)
    order = hold_two(page, screening=1)
    order.give_email(BUYER).pay()
    CardPage(page).is_here().pay_with("success")

    order.is_here().has_tickets(2)


def test_a_carer_who_comes_along_costs_nothing(page):
    ProgrammePage(page).open().open_a_coming_day()
    seats, order = SeatsPage(page), OrderPage(page)
    wheelchair, companion = open_a_room_with_a_pair(page, seats)
    seats.choose(wheelchair)
    seats.choose(companion)
    seats.set_type(companion, "carer")
    seats.hold()
    order.is_here().give_email(BUYER).pay()
    CardPage(page).is_here().pay_with("success")

    order.is_here().has_tickets(2)


def test_a_carer_who_comes_later_needs_no_card(page):
    ProgrammePage(page).open().open_a_coming_day()
    seats, order = SeatsPage(page), OrderPage(page)
    wheelchair, companion = open_a_room_with_a_pair(page, seats)
    room = page.url
    seats.choose(wheelchair)
    seats.hold()
    order.is_here().give_email(BUYER).pay()
    CardPage(page).is_here().pay_with("success")
    order.is_here().has_tickets(1)

    page.goto(room)
    seats.choose(companion)
    seats.set_type(companion, "carer")
    seats.hold()
    order.is_here().give_email(BUYER)
    expect(page.locator('button.button-pay [data-for="free"]')).to_be_visible()
    order.pay()

    order.is_here().has_tickets(1)


def open_a_room_with_a_pair(page: Page, seats: SeatsPage) -> tuple[str, str]:
    """Open the first screening whose room has a free wheelchair place with its companion's."""
    programme = ProgrammePage(page)
    for address in programme.screenings:
        page.goto(address)
        wheelchairs, companions = seats.free_of_kind("wheelchair"), seats.free_of_kind("companion")
        if wheelchairs and companions:
            return wheelchairs[0], companions[0]
    pytest.fail("no room of the demo has places for wheelchairs and companions")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the first such element has the focus: it must be reachable."""
    wanted = page.locator(selector).first
    for _ in range(400):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached with the Tab key on {page.url}")


def focus_and_press(page: Page, selector: str, key: str) -> None:
    tab_to(page, selector)
    page.keyboard.press(key)
