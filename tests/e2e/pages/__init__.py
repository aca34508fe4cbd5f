"""One object per page: what a visitor can see and do there, in the visitor's language."""

from collections.abc import Callable

from playwright.sync_api import Page

from brand.texts import texts

Words = Callable[..., str]


class OnPage:
    """A page in a language; `words` gives the texts that the visitor reads."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.language = language
        self.words: Words = texts(language)

    def press(self, key: str, **values: object) -> None:
        """Press the button with a text of the catalogue."""
        self.page.get_by_role("button", name=self.words(key, **values)).first.click()

    def follow(self, key: str, **values: object) -> None:
        """Follow the link with a text of the catalogue."""
        self.page.get_by_role("link", name=self.words(key, **values)).first.click()
