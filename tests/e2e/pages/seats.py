"""The seat picker: a map over a form of checkboxes."""

from playwright.sync_api import Locator, expect

from tests.e2e.pages import OnPage


class SeatsPage(OnPage):
    """Choosing seats and ticket types."""

    @property
    def boxes(self) -> Locator:
        """The checkbox of every seat."""
        return self.page.locator('#picker input[name="seat"]')

    def box(self, seat: str) -> Locator:
        return self.page.locator(f'#picker input[name="seat"][value="{seat}"]')

    @property
    def chosen(self) -> list[str]:
        """The numbers of the chosen seats."""
        found = self.page.locator('#picker input[name="seat"]:checked').all()
        return [box.get_attribute("value") or "" for box in found]

    def take_best(self, party: int) -> list[str]:
        """Let the page choose the best seats for so many."""
        self.page.locator("#party-size").select_option(str(party))
        self.press("web.seats.party.find")
        expect(self.page.locator('#picker input[name="seat"]:checked')).to_have_count(party)
        return self.chosen

    def choose(self, seat: str) -> None:
        """Choose a seat as a hand does: by its place on the map, or by its words in the list."""
        self.page.locator(f'label.place:has(input[value="{seat}"])').click()

    def set_type(self, seat: str, ticket_type: str) -> None:
        self.page.locator(f'select[name="type-{seat}"]').select_option(ticket_type)

    def free_of_kind(self, kind: str) -> list[str]:
        """The numbers of the free seats of a kind, in the room's order."""
        found = self.page.locator(f'#picker input[name="seat"][data-kind="{kind}"]:enabled').all()
        return [box.get_attribute("value") or "" for box in found]

    def hold(self) -> None:
        self.page.locator('.picker-bar button[type="submit"]').click()
