"""How a programme reads: which day is today's, what can still be bought, and what comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from backend.contracts.catalogue import (
    CinemaRead,
    FilmRead,
    Programme,
    ScreeningRead,
)

Standing = Literal["plenty", "few", "sold_out", "not_open", "closed", "cancelled"]
_EVENING_HOUR = 17
_FEW_SHARE = 0.15
_FEW = 10


@dataclass(frozen=True, slots=True)
class Showing:
    """A screening and whether it can be bought."""

    screening: ScreeningRead
    standing: Standing
    has_begun: bool

    @property
    def shown(self) -> tuple[object, ...]:
        """Everything that a page can say of it: all but how many seats are free."""
        return (self.standing, self.has_begun, {**vars(self.screening), "free": None})

    @property
    def is_open(self) -> bool:
        """Say whether seats can be chosen."""
        return self.standing in {"plenty", "few"}

    @property
    def is_over(self) -> bool:
        """Say whether it has begun and nobody can join it any more."""
        return self.has_begun and self.standing == "closed"


@dataclass(frozen=True, slots=True)
class ShownFilm:
    """A film and its showings, by start."""

    film: FilmRead
    showings: tuple[Showing, ...]

    @property
    def is_over(self) -> bool:
        """Say whether nobody can see it any more on this day."""
        return all(shown.is_over for shown in self.showings)


@dataclass(frozen=True, slots=True)
class NextUp:
    """The film to recommend to somebody who wants to go out now."""

    film: FilmRead
    showing: Showing


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A business day: what is still to come, then what is over."""

    day: date
    coming: tuple[ShownFilm, ...]
    over: tuple[ShownFilm, ...]

    @property
    def next_up(self) -> NextUp | None:
        """The film that begins next and still has seats."""
        waiting = [
            NextUp(film.film, shown)
            for film in self.coming
            for shown in film.showings
            if shown.is_open and not shown.has_begun
        ]
        return min(waiting, key=lambda up: up.showing.screening.starts_at, default=None)

    @property
    def count(self) -> int:
        """How many screenings are not over."""
        return sum(not shown.is_over for film in self.coming for shown in film.showings)


def business_day(cinema: CinemaRead, now: datetime) -> date:
    """Return the day that it is at the cinema: after midnight still the evening before."""
    local = now.astimezone(ZoneInfo(cinema.zone))
    return local.date() - timedelta(days=1 if local.hour < cinema.day_change_hour else 0)


def is_evening(cinema: CinemaRead, now: datetime) -> bool:
    """Say whether today is called tonight by now."""
    hour = now.astimezone(ZoneInfo(cinema.zone)).hour
    return hour >= _EVENING_HOUR or hour < cinema.day_change_hour


def showing(screening: ScreeningRead, now: datetime) -> Showing:
    """Return a screening as it stands at a moment."""
    return Showing(screening, _standing(screening, now), now >= screening.starts_at)


def shown_day(programme: Programme, now: datetime) -> ShownDay:
    """Put first what can still be seen; a film of which all is over comes after the others."""
    films = [
        ShownFilm(
            listed.film,
            tuple(showing(screening, now) for screening in _by_start(listed.screenings)),
        )
        for listed in programme.films
    ]
    coming = [film for film in films if not film.is_over]
    over = [film for film in films if film.is_over]
    coming.sort(key=_next_start)
    return ShownDay(programme.day, tuple(coming), tuple(over))


def by_day(
    screenings: Sequence[ScreeningRead], now: datetime
) -> list[tuple[date, tuple[Showing, ...]]]:
    """Return the showings of a film that are not over, day by day."""
    days: dict[date, list[Showing]] = {}
    for screening in _by_start(screenings):
        shown = showing(screening, now)
        if not shown.is_over:
            days.setdefault(screening.business_day, []).append(shown)
    return [(day, tuple(showings)) for day, showings in days.items()]


def _standing(screening: ScreeningRead, now: datetime) -> Standing:
    if screening.state in {"cancelling", "cancelled"}:
        return "cancelled"
    if now >= screening.ends_at:
        return "closed"
    if not screening.is_on_sale:
        opens = screening.sale_opens_at
        is_to_open = screening.state == "on_sale" and opens is not None and now < opens
        return "not_open" if is_to_open else "closed"
    if not screening.free:
        return "sold_out"
    few = min(_FEW, screening.capacity * _FEW_SHARE)
    return "few" if screening.free <= few else "plenty"


def _next_start(film: ShownFilm) -> datetime:
    return min(shown.screening.starts_at for shown in film.showings if not shown.is_over)


def _by_start(screenings: Iterable[ScreeningRead]) -> list[ScreeningRead]:
    return sorted(screenings, key=lambda screening: (screening.starts_at, screening.key))
