"""A room's places as a page writes them, each of them rendered once for each of its states.

A page of 240 places is put together from these pieces, so it costs as much as its few other lines.
"""

from collections.abc import Collection
from functools import cached_property, lru_cache

from jinja2 import Environment
from markupsafe import Markup

from backend.contracts.seats import STATUSES
from web.purchase.quotes import Quotes
from web.purchase.seat_plan import CHOSEN, Place, Plan, Room, Row

_MOST = 64
_CODES = range(CHOSEN + 1)


class DrawnRoom:
    """The pieces of a room in one language at one price list."""

    def __init__(self, room: Room, quotes: Quotes, written_by: Environment) -> None:
        self._room = room
        self._quotes = quotes
        self._write = vars(written_by.get_template("seat_parts.html").module)
        self._usual = {kind: quotes.usual_quote(kind) for kind in room.kinds}
        self._seats: list[list[str | None]] = [[None for _ in _CODES] for _ in room.layout]
        self._boxes: list[list[str | None]] = [[None for _ in _CODES] for _ in room.layout]

    @cached_property
    def facts(self) -> str:
        """The attributes by which the page's script knows the room and its prices."""
        return self._written("room_facts")

    @cached_property
    def frame(self) -> str:
        """What is drawn of the room besides its seats."""
        return self._written("room_frame")

    @cached_property
    def legend(self) -> str:
        """What the seats are, and what each kind costs."""
        return self._written("room_legend")

    @cached_property
    def blank_lines(self) -> str:
        """A line of the choice for each kind of seat, for the page's script to fill in."""
        return self._written("blank_lines")

    def seats(self, plan: Plan, lone: Collection[int] = ()) -> Markup:
        """Return the drawings of all places; `lone` are those that nobody may leave alone."""
        pieces = [
            self._seats[at][plan.codes[at]] or self._drawn(place, at, plan.codes[at])
            for place, at in zip(self._room.places, self._room.order, strict=True)
        ]
        for number, place in enumerate(self._room.places if lone else ()):
            if place.seat in lone:
                code = plan.codes[self._room.at[place.seat]]
                pieces[number] = self._write["seat"](place, _state(code), is_lone=True)
        return Markup("".join(pieces))  # noqa: S704 -- what our own macros wrote

    def boxes(self, plan: Plan) -> list[tuple[str, Markup]]:
        """Return the labelled checkboxes of each row, with its name."""
        return [(row.name, self._row(row, plan)) for row in self._room.rows]

    def _row(self, row: Row, plan: Plan) -> Markup:
        places = zip(row.places, row.order, strict=True)
        pieces = [self._boxed(place, at, plan.codes[at]) for place, at in places]
        return Markup("".join(pieces))  # noqa: S704 -- what our own macros wrote

    def _boxed(self, place: Place, at: int, code: int) -> str:
        known = self._boxes[at][code]
        if known is None:
            known = self._boxes[at][code] = self._write["seat_box"](
                place,
                "free" if code == CHOSEN else STATUSES[code],
                is_chosen=code == CHOSEN,
                quote=self._usual[place.kind],
                currency=self._quotes.currency,
            )
        return known

    def _drawn(self, place: Place, at: int, code: int) -> str:
        found: str = self._write["seat"](place, _state(code), is_lone=False)
        self._seats[at][code] = found
        return found

    def _written(self, macro: str) -> str:
        found: str = self._write[macro](self._room, self._quotes)
        return found


_drawn_room = lru_cache(_MOST)(DrawnRoom)


def drawn_room(room: Room, quotes: Quotes, written_by: Environment) -> DrawnRoom:
    """Return a room's pieces, from templates that may have been edited since if they reload."""
    return (DrawnRoom if written_by.auto_reload else _drawn_room)(room, quotes, written_by)


def _state(code: int) -> str:
    return "chosen" if code == CHOSEN else STATUSES[code]
