"""Several people look at one room: each sees what the others take, and no seat has two owners."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages.order import OrderPage
from tests.e2e.pages.programme import ProgrammePage
from tests.e2e.pages.seats import SeatsPage
from tests.e2e.test_buying import BUYER, hold_two
from tests.support.onebox import OpenCinema

pytestmark = pytest.mark.e2e
# A minute and a half was left, and a hold is extended by half of its ten minutes.
MINUTES_LATER = re.compile(r"^[56]:\d\d$")


@pytest.fixture
def two(visitor) -> tuple[Page, Page]:
    """Two visitors with the same room before them."""
    first, second = visitor(), visitor()
    programme = ProgrammePage(first).open()
    programme.open_a_coming_day()
    address = programme.choose_screening(4)
    second.goto(address)
    return first, second


def test_another_visitor_sees_seats_being_taken_without_a_reload(two):
    first, second = two
    seats = SeatsPage(first)
    taken = seats.take_best(2)
    for seat in taken:
        expect(SeatsPage(second).box(seat)).to_be_enabled()

    seats.hold()
    OrderPage(first).is_here()

    for seat in taken:
        expect(SeatsPage(second).box(seat)).to_be_disabled()


def test_two_visitors_want_one_seat_and_one_is_told_at_once(two):
    first, second = two
    wanted = SeatsPage(first).take_best(1)[0]
    SeatsPage(second).choose(wanted)
    expect(SeatsPage(second).box(wanted)).to_be_checked()

    SeatsPage(first).hold()
    OrderPage(first).is_here()

    expect(SeatsPage(second).box(wanted)).not_to_be_checked()
    expect(second.locator("[data-said]")).not_to_be_empty()


def test_without_javascript_the_loser_hears_it_from_the_form(visitor):
    first, second = visitor(), visitor(javascript=False)
    programme = ProgrammePage(first).open()
    programme.open_a_coming_day()
    address = programme.choose_screening(5)
    wanted = SeatsPage(first).take_best(1)[0]
    second.goto(f"{address}?seat={wanted}")
    SeatsPage(first).hold()
    OrderPage(first).is_here()

    second.locator('.picker-bar button[type="submit"]').click()

    expect(second.get_by_role("alert")).to_be_visible()
    expect(SeatsPage(second).box(wanted)).to_be_disabled()


def test_time_that_runs_out_can_be_extended_in_a_dialog(page, cinema):
    order = hold_two(page, screening=6)
    let_only_be_left(cinema, seconds=90)
    page.reload()
    expect(order.question).to_be_visible()

    page.keyboard.press("Enter")

    expect(order.question).to_be_hidden()
    expect(order.timer).to_have_text(MINUTES_LATER)


def test_a_hold_that_ran_out_offers_the_same_seats_again(page, cinema):
    order = hold_two(page, screening=6)
    order.give_email(BUYER)
    let_only_be_left(cinema, seconds=-1)
    page.reload()
    order.is_here()
    expect(page.locator("h1")).to_have_text(order.words("web.order.expired.title"), timeout=30_000)

    page.locator("main form button.button-strong").click()

    order.is_here()
    expect(page.locator("button.button-pay")).to_be_visible()


def let_only_be_left(cinema: OpenCinema, *, seconds: int) -> None:
    """Let time pass for every hold."""
    for table in ("orders", "seat_claim"):
        cinema.execute(
            "movies",
            f"UPDATE {table} SET expires_at = clock_timestamp() + make_interval(secs => %s)"
            " WHERE state = 'HELD'",
            seconds,
        )
