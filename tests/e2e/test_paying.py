"""What can happen on the card page: declined, asked by the bank, abandoned, cancelled, slow."""

import pytest
from playwright.sync_api import expect

from tests.e2e.pages.card import CardPage
from tests.e2e.pages.order import OrderPage
from tests.e2e.test_buying import BUYER, hold_two

pytestmark = pytest.mark.e2e


@pytest.fixture
def at_the_card(page) -> OrderPage:
    """An order whose card page is open."""
    order = hold_two(page, screening=2)
    order.give_email(BUYER).pay()
    CardPage(page).is_here()
    return order


def test_a_declined_card_is_followed_by_a_good_one(page, at_the_card):
    card = CardPage(page)
    card.pay_with("decline")
    expect(page.get_by_role("alert")).to_be_visible()

    card.pay_with("success")

    at_the_card.is_here().has_tickets(2)


def test_the_bank_asks_and_the_buyer_says_yes(page, at_the_card):
    CardPage(page).pay_with("challenge")
    CardPage(page).approve()

    at_the_card.is_here().has_tickets(2)


def test_a_slow_bank_ends_well(page, at_the_card):
    CardPage(page).pay_with("slow")

    at_the_card.is_here().has_tickets(2)


def test_an_abandoned_card_page_is_found_again_from_the_order(page, at_the_card):
    CardPage(page).pay_with("abandon")
    page.wait_for_url("**?abandoned=1")
    page.go_back()
    page.goto("/en/tickets")
    page.locator('main a[href*="/orders/"]').first.click()
    at_the_card.is_here().press("web.order.paying.go")

    CardPage(page).is_here().pay_with("success")

    at_the_card.is_here().has_tickets(2)


def test_going_back_gives_the_hold_back_and_paying_again_works(page, at_the_card):
    CardPage(page).go_back()
    at_the_card.is_here()
    expect(page.locator("button.button-pay")).to_be_visible(timeout=30_000)

    at_the_card.give_email(BUYER).pay()
    CardPage(page).is_here().pay_with("success")

    at_the_card.is_here().has_tickets(2)


def test_pay_pressed_twice_pays_once(page):
    order = hold_two(page, screening=3)
    order.give_email(BUYER)
    page.locator("button.button-pay").dblclick()
    CardPage(page).is_here().pay_with("success")

    order.is_here().has_tickets(2)

    page.goto("/en/tickets")
    expect(page.locator('main a[href*="/orders/"]')).to_have_count(1)
