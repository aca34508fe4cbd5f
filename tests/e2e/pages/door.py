"""The plain staff page that lets people in."""

from playwright.sync_api import Locator, expect

from tests.e2e.pages import OnPage


class DoorPage(OnPage):
    """One field for a scanner's digits, one large answer."""

    def open(self) -> "DoorPage":
        self.page.goto(f"/{self.language}/door")
        return self

    def scan(self, code: str) -> None:
        """Type as a keyboard-wedge scanner does: digits, then Enter."""
        field = self.page.locator("#code")
        field.fill(code)
        field.press("Enter")

    @property
    def outcome(self) -> Locator:
        return self.page.locator(".outcome h2")

    def says(self, outcome: str) -> None:
        expect(self.outcome).to_have_text(self.words(f"web.door.outcome.{outcome}.title"))
