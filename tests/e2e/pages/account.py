"""Signing in, registering and signing out at the identity provider."""

from playwright.sync_api import expect

from tests.e2e.pages import OnPage


class AccountPages(OnPage):
    """The provider's own pages."""

    def sign_in(self, email: str, password: str) -> None:
        """Fill in the provider's form and come back."""
        self.page.locator('input[name="username"]').fill(email)
        self.page.locator('input[name="password"]').fill(password)
        self.page.locator('form button[type="submit"]').click()

    def register(self, name: str, email: str, password: str) -> None:
        """Fill in the registration; the provider then mails a link."""
        self.page.locator('input[name="name"]').fill(name)
        self.page.locator('input[name="email"]').fill(email)
        self.page.locator('input[name="password"]').fill(password)
        self.page.locator('input[name="password-confirm"]').fill(password)
        self.page.locator('form button[type="submit"]').click()

    def is_signed_in_as(self, name: str) -> None:
        expect(self.page.get_by_role("banner")).to_contain_text(name)

    def sign_out(self) -> None:
        """Open the menu under the name and leave."""
        self.page.locator("header details summary").click()
        self.press("web.account.sign_out")
