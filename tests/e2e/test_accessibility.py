"""axe finds nothing on any page that a buyer meets, in both themes and on a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.pages.card import CardPage
from tests.e2e.pages.order import OrderPage
from tests.e2e.pages.programme import ProgrammePage
from tests.e2e.pages.seats import SeatsPage
from tests.e2e.test_buying import BUYER

pytestmark = pytest.mark.e2e
WAYS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


class Inspector:
    """Runs axe on a page and remembers what it found, by the page's name."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._axe = Axe()
        self.found: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        violations = self._axe.run(self._page).response["violations"]
        seen = [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in violations
            for node in one["nodes"]
        ]
        if seen:
            self.found[name] = seen


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_on_the_way_to_the_tickets(visitor, way):
    page = visitor(reduced_motion="reduce", **WAYS[way])
    inspector = Inspector(page)
    programme = ProgrammePage(page).open()
    inspector.look("programme")
    programme.open_a_coming_day()
    programme.choose_film()
    inspector.look("film")
    page.go_back()
    programme.choose_screening(8)
    seats = SeatsPage(page)
    seats.take_best(2)
    inspector.look("seats")
    seats.hold()
    order = OrderPage(page).is_here()
    inspector.look("held order")
    order.give_email(BUYER).pay()
    CardPage(page).is_here()
    inspector.look("card page")
    CardPage(page).pay_with("success")
    order.is_here().has_tickets(2)
    inspector.look("tickets")
    page.goto("/en/tickets")
    inspector.look("my tickets")

    assert inspector.found == {}


@pytest.mark.parametrize("way", WAYS)
def test_axe_finds_nothing_on_the_other_pages(visitor, cinema, way):
    page = visitor(reduced_motion="reduce", **WAYS[way])
    inspector = Inspector(page)
    for name, address in (
        ("find", "/en/find"),
        ("romanian programme", "/ro"),
        ("no such page", "/en/nothing-here"),
        ("sign in", "/auth/sign-in?return_to=/en&language=en"),
        ("register", "/auth/register?return_to=/en&language=ro"),
        ("mailbox", cinema.addresses["mailbox"]),
    ):
        page.goto(address)
        inspector.look(name)

    assert inspector.found == {}


def test_axe_sees_what_is_wrong(page):
    """The control: the same inspector on a page with a picture that has no words."""
    page.goto("/en")
    page.evaluate("document.querySelector('main').append(new Image())")
    inspector = Inspector(page)
    inspector.look("spoilt")

    assert any(one.startswith("image-alt") for one in inspector.found["spoilt"])


def test_a_refusal_is_announced_and_gets_the_focus_or_an_alert(visitor):
    page = visitor(javascript=False)
    programme = ProgrammePage(page).open()
    programme.open_a_coming_day()
    programme.choose_screening(0)

    page.locator('.picker-bar button[type="submit"]').click()

    expect(page.get_by_role("alert")).to_be_visible()
