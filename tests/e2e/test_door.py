"""A bought ticket opens the door once; the second time the door says when and where."""

import pytest
from moviemesh_ticketcode import decode
from playwright.sync_api import expect

from tests.e2e.pages.account import AccountPages
from tests.e2e.pages.card import CardPage
from tests.e2e.pages.door import DoorPage
from tests.e2e.test_buying import BUYER, hold_two
from tests.support.tickets import codes_of

pytestmark = pytest.mark.e2e


@pytest.fixture
def codes(page) -> list[str]:
    """The codes on paper of an order of two."""
    order = hold_two(page, screening=7)
    order.give_email(BUYER).pay()
    CardPage(page).is_here().pay_with("success")
    return codes_of(order.is_here().has_tickets(2).pdf())


@pytest.fixture
def door(visitor, cinema, codes) -> DoorPage:
    """A steward at the door of the screening that was bought: its key stands in the code."""
    staff = visitor()
    staff.goto("/auth/sign-in?return_to=/en/door&language=en")
    AccountPages(staff).sign_in("door@mesh.example", cinema.passwords["door@mesh.example"])
    expect(staff).to_have_url(f"{cinema.site}/en/door")
    staff.goto(f"/en/door?door=Room+1&screening={decode(codes[0]).fields.screening_key}")
    return DoorPage(staff)


def test_a_ticket_admits_once(door, codes):
    door.scan(codes[0])
    door.says("VALID")

    door.scan(codes[0])
    door.says("DUPLICATE")
    expect(door.page.locator(".outcome-when")).to_contain_text("Room 1")

    door.scan(codes[1])
    door.says("VALID")


def test_a_changed_code_is_forged_and_nonsense_is_malformed(door, codes):
    changed = codes[0][:-1] + str((int(codes[0][-1]) + 1) % 10)

    door.scan(changed)
    door.says("FORGED")

    door.scan("12345")
    door.says("MALFORMED")


def test_a_customer_has_no_door(page, cinema):
    page.goto("/auth/sign-in?return_to=/en/door&language=en")
    AccountPages(page).sign_in("ana@mesh.example", cinema.passwords["ana@mesh.example"])

    answer = page.goto("/en/door")

    assert answer.status == 403
