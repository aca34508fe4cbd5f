"""Those who come to one screening: where they sit, which tickets they need. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from backend.contracts.orders import LineChoice, OrderCreate
from backend.contracts.seats import LayoutSeat
from backend.onebox.demo import demand
from backend.onebox.demo.clusters import Hall, seated
from backend.onebox.demo.shows import Show

_PAIRS_COME = 0.06
_MAILS_WANTED = 0.04
_GUESTS = ("ilinca", "matei", "sorin", "daria", "vlad", "corina", "petru", "anca")


@dataclass(slots=True)
class Audience:
    """Those who come to one screening, and what they see on its map."""

    show: Show
    layout: Sequence[LayoutSeat]
    hall: Hall
    taken: frozenset[int] = frozenset()
    dice: Random = field(default_factory=Random)

    def choose(self, most: int) -> list[LineChoice]:
        """Return the next order's seats and ticket types; nothing when no seat is left."""
        lines: list[LineChoice] = []
        if self.dice.random() < _PAIRS_COME:
            lines = self._pair(self.taken)
        for size in demand.parties(self.dice, most - len(lines)):
            taken = self.taken | {line.seat for line in lines}
            # Nobody likes to share a sofa with a stranger.
            party = size + size % 2 if self.hall.is_for_couples else size
            seats = seated(self.hall, taken, party, self.dice)
            if not seats and not lines:
                # The last seats of a room go one by one.
                seats = seated(self.hall, taken, 1, self.dice)
            if not seats or len(lines) + len(seats) > demand.ORDER_SEATS:
                break
            types = demand.ticket_types(
                len(seats), self.dice, is_for_children=self.show.film.is_for_children
            )
            lines += [
                LineChoice(seat=seat, ticket_type=kind)
                for seat, kind in zip(seats, types, strict=True)
            ]
        return lines or self._pair(self.taken)

    def order(self, lines: list[LineChoice]) -> OrderCreate:
        """Return the order of these seats; now and then somebody leaves an address for it."""
        wants_mail = self.show.is_soon and self.dice.random() < _MAILS_WANTED
        return OrderCreate(
            screening_id=self.show.screening.id,
            lines=lines,
            language=self.dice.choices(("ro", "en"), (4, 1))[0],
            email=f"{self.dice.choice(_GUESTS)}@guests.example" if wants_mail else None,
        )

    def _pair(self, taken: frozenset[int]) -> list[LineChoice]:
        """Return a free wheelchair place with its companion's, if there is one."""
        for place, beside in self.hall.pairs:
            if place not in taken and beside not in taken:
                return [
                    LineChoice(seat=place, ticket_type="adult"),
                    LineChoice(seat=beside, ticket_type="carer"),
                ]
        return []
