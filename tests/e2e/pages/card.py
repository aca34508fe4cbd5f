"""The card provider's hosted page (the simulator's), and the bank's question after it."""

from playwright.sync_api import Locator, expect

from tests.e2e.pages import OnPage


class CardPage(OnPage):
    """A button for each test card."""

    def is_here(self) -> "CardPage":
        expect(self.button("success")).to_be_visible()
        return self

    def button(self, card: str) -> Locator:
        return self.page.locator(f'button[name="card"][value="{card}"]')

    def pay_with(self, card: str) -> None:
        self.button(card).click()

    def approve(self) -> None:
        """Say yes to the bank (3-D Secure)."""
        self.page.locator('button[name="answer"][value="approve"]').click()

    def go_back(self) -> None:
        """Leave by the provider's own link back to the shop."""
        self.page.locator("a.back").click()
