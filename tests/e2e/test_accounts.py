"""People register, sign in and out, and open an order with what their mail says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import OnPage
from tests.e2e.pages.account import AccountPages
from tests.e2e.pages.card import CardPage
from tests.e2e.pages.order import OrderPage
from tests.e2e.test_buying import hold_two

pytestmark = pytest.mark.e2e
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b(?!-)")
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def newest_mail(page: Page, mailbox: str, to: str) -> None:
    """Open the newest mail to somebody in the mailbox page; wait until it has come."""
    for _ in range(60):
        page.goto(f"{mailbox}/?to={to}")
        if page.locator(".mails a").count():
            page.locator(".mails a").first.click()
            return
        page.wait_for_timeout(500)
    pytest.fail(f"no mail came for {to}")


def first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, f"{pattern.pattern} is not in {text!r}"
    return found.group()


def test_somebody_signs_in_and_out(page, cinema):
    page.goto("/en")
    OnPage(page).follow("web.account.sign_in")
    account = AccountPages(page)
    account.sign_in("ana@mesh.example", "wrong-password-1")
    expect(page.get_by_role("alert")).to_be_visible()
    account.sign_in("ana@mesh.example", cinema.passwords["ana@mesh.example"])
    expect(page).to_have_url(f"{cinema.site}/en")
    account.is_signed_in_as("Ana")

    account.sign_out()

    expect(page).to_have_url(re.compile(re.escape(cinema.site)))
    page.goto("/en")
    expect(
        page.get_by_role("link", name=OnPage(page).words("web.account.sign_in")).first
    ).to_be_visible()


def test_a_new_customer_registers_confirms_by_mail_and_is_signed_in(visitor, cinema):
    page, post = visitor(), visitor()
    page.goto("/auth/register?return_to=/en/tickets&language=en")
    AccountPages(page).register("Maria Enescu", "maria@example.org", "otter-violet-lemon-42")
    newest_mail(post, cinema.addresses["mailbox"], "maria@example.org")
    link = post.frame_locator("iframe.body").locator("a[href*='action-token']").first
    page.goto(link.get_attribute("href"))

    expect(page).to_have_url(f"{cinema.site}/en/tickets")
    AccountPages(page).is_signed_in_as("Maria")


def test_the_mail_opens_the_order_on_another_device(visitor, cinema):
    page, other = visitor(), visitor()
    order = hold_two(page, screening=9)
    order.give_email("ion@example.org").pay()
    CardPage(page).is_here().pay_with("success")
    order.is_here().has_tickets(2)
    newest_mail(other, cinema.addresses["mailbox"], "ion@example.org")
    assert other.locator(".parts a").first.inner_text().endswith(".pdf")
    text = other.locator("details pre").text_content() or ""
    reference = first(REFERENCE, text)
    code = first(CODE, REFERENCE.sub("", text))

    other.goto(f"{cinema.site}/en/find")
    other.locator('input[name="reference"]').fill(reference)
    other.locator('input[name="code"]').fill(code)
    other.locator('main form button[type="submit"]').click()

    OrderPage(other).is_here().has_tickets(2)


def test_a_wrong_code_opens_nothing_and_says_what_to_do(page):
    page.goto("/en/find")
    page.locator('input[name="reference"]').fill("7K2M-P9QX-4TBD")
    page.locator('input[name="code"]').fill("WR0N-GC0D")
    page.locator('main form button[type="submit"]').click()

    expect(page.get_by_role("alert")).to_be_visible()


def test_a_strangers_order_is_not_there(visitor):
    owner, stranger = visitor(), visitor()
    hold_two(owner, screening=9)

    answer = stranger.goto(owner.url)

    assert answer.status == 404
