"""A day's screenings, and how many of their seats should be sold by now."""

from dataclasses import dataclass

from backend.contracts.catalogue import Programme, ScreeningRead
from backend.onebox.demo import demand
from backend.onebox.demo.demand import Wanted
from backend.onebox.demo.films import Film, films
from backend.onebox.demo.furnishing import ZONE

# An order costs the machine as much for one seat as for ten.
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Show:
    """A screening, and how many of its seats should be sold by now; soon is today or tomorrow."""

    screening: ScreeningRead
    film: Film
    wanted: int
    is_soon: bool

    @property
    def missing(self) -> int:
        sold = self.screening.capacity - self.screening.free
        return max(0, self.wanted - sold) if self.screening.is_on_sale else 0


def shows_of(programme: Programme, days_ahead: int) -> list[Show]:
    """Return what a day shows of our films, and how much of it so many days ahead is sold."""
    known = {film.slug: film for film in films()}
    pairs = [
        (known[of.film.slug], screening)
        for of in programme.films
        if of.film.slug in known
        for screening in of.screenings
    ]
    shares = demand.shares(
        [
            Wanted(str(screening.id), film, screening.starts_at.astimezone(ZONE))
            for film, screening in pairs
        ],
        days_ahead,
    )
    return [
        Show(
            screening,
            film,
            wanted=_seats(screening.capacity * shares[str(screening.id)]),
            is_soon=days_ahead in {0, 1},
        )
        for film, screening in pairs
    ]


def _seats(wanted: float) -> int:
    seats = round(wanted)
    return seats if seats >= _FEWEST else 0
