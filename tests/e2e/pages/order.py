"""The page of an order, in each of its states."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.pages import OnPage

ORDER = re.compile(r"/(en|ro)/orders/[0-9a-f-]{36}$")


class OrderPage(OnPage):
    """A hold to be paid, a payment under way, or tickets."""

    def is_here(self) -> "OrderPage":
        expect(self.page).to_have_url(ORDER)
        return self

    def give_email(self, address: str) -> "OrderPage":
        self.page.locator("#email").fill(address)
        return self

    def pay(self) -> None:
        self.page.locator("button.button-pay").click()

    @property
    def timer(self) -> Locator:
        return self.page.locator(".timer [data-left]")

    @property
    def question(self) -> Locator:
        """The dialog that asks whether more time is needed."""
        return self.page.locator("#more-time")

    @property
    def passes(self) -> Locator:
        """The tickets on the screen."""
        return self.page.locator("article.pass")

    def has_tickets(self, count: int) -> "OrderPage":
        """Wait until the page has turned to so many tickets by itself."""
        expect(self.passes).to_have_count(count, timeout=30_000)
        return self

    def has_title(self, key: str) -> "OrderPage":
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(key))
        return self

    @property
    def reference(self) -> str:
        return self.page.locator(".reference").first.inner_text()

    def pdf(self) -> bytes:
        """Download the PDF as the visitor does, with their cookies."""
        address = self.page.locator('a[href$="/tickets.pdf"]').get_attribute("href") or ""
        answer = self.page.request.get(address)
        assert answer.status == 200, f"the PDF answered {answer.status}"
        return answer.body()
