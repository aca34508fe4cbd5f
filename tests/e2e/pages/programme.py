"""The programme of a day, where everybody begins."""

import re

from tests.e2e.pages import OnPage

SCREENING = re.compile(r"/screenings/[0-9a-f-]{36}$")


class ProgrammePage(OnPage):
    """What is on."""

    def open(self) -> "ProgrammePage":
        self.page.goto(f"/{self.language}")
        return self

    def open_a_coming_day(self) -> "ProgrammePage":
        """Choose the third day of the strip: all of its screenings are still to come."""
        self.page.locator('a[href*="?day="]').nth(2).click()
        # Its links are counted at once, so the page has to be there as a whole.
        self.page.wait_for_url("**?day=*")
        return self

    @property
    def screenings(self) -> list[str]:
        """The addresses of the day's screenings that are on sale."""
        links = self.page.locator('a[href*="/screenings/"]')
        found = [link.get_attribute("href") or "" for link in links.all()]
        return [address for address in found if SCREENING.search(address)]

    def choose_film(self) -> None:
        self.page.locator('a[href*="/films/"]').first.click()

    def choose_screening(self, number: int = 0) -> str:
        """Follow the link of a screening; return its address."""
        address = self.screenings[number]
        self.page.locator(f'a[href="{address}"]').first.click()
        return address
