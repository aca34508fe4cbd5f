"""What is on, on a business day: the same day always gets the same programme.

Pure: all sums are done in UTC, so a night with one hour more or less changes no running time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from backend.contracts.catalogue import RoomWrite
from backend.onebox.demo.films import SILENT, Film
from backend.onebox.demo.prices import Card

_OPENINGS = (time(11, 0), time(11, 20), time(11, 10), time(11, 40))
_LAST_START = time(21, 45)
_MIDNIGHT_SHOW = time(0, 10)
_LATE_NIGHTS = frozenset({4, 5})
_WEEKEND = frozenset({5, 6})
_FRIDAY = 4
_EVENING_HOUR = 17
_LATE_HOUR = 20
# Where and on which weekdays (Monday 0) the evening shows silent films from a print.
_PRINTS_ROOM, _PRINTS_DAYS = "Brezeanu", frozenset({3, 6})
_STEP = timedelta(minutes=5)
_APART = timedelta(minutes=75)
_REPERTOIRE = 14
_LARGE = 120


@dataclass(frozen=True, slots=True)
class Showing:
    """A screening to be made; `slot` counts through the room's day."""

    business_day: date
    room: str
    slot: int
    film: Film
    starts_at: datetime
    trailers_minutes: int
    free_again_at: datetime
    format: str
    subtitles: str
    price_card: Card

    @property
    def key(self) -> str:
        """Name the showing, alike in every run."""
        return f"{self.business_day.isoformat()}.{self.room}.{self.slot}"


@dataclass(frozen=True, slots=True)
class _Hours:
    """When a room opens and begins its last showing; `midnight_show` comes after that."""

    zone: ZoneInfo
    opens_at: datetime
    last_start_at: datetime
    midnight_show_at: datetime | None

    def next_start(self, free_at: datetime) -> datetime | None:
        start = _plain(_rounded(free_at), self.zone)
        if start <= self.last_start_at:
            return start
        midnight = self.midnight_show_at
        return midnight if midnight is not None and start <= midnight else None


def plan(
    day: date, films: Sequence[Film], rooms: Sequence[RoomWrite], zone: ZoneInfo
) -> list[Showing]:
    """Return the showings of a business day, room by room."""
    shown: list[Showing] = []
    repertoire = _repertoire(day, films)
    for number, room in enumerate(rooms):
        # Every other room stays open late, so the largest one always has a midnight show.
        hours = _hours(day, number, zone, is_late=number % 2 == 0)
        shown.extend(_room_day(day, room, hours, repertoire=repertoire, elsewhere=tuple(shown)))
    return shown


def _hours(day: date, number: int, zone: ZoneInfo, *, is_late: bool) -> _Hours:
    def at(on: date, clock: time) -> datetime:
        return _plain(datetime.combine(on, clock, zone).astimezone(UTC), zone)

    midnight = at(day + timedelta(days=1), _MIDNIGHT_SHOW)
    return _Hours(
        zone=zone,
        opens_at=at(day, _OPENINGS[number % len(_OPENINGS)]),
        last_start_at=at(day, _LAST_START),
        midnight_show_at=midnight if is_late and day.weekday() in _LATE_NIGHTS else None,
    )


def _repertoire(day: date, films: Sequence[Film]) -> list[Film]:
    """Return the films of the day: a good half of them all, which changes a little every day."""
    first = day.toordinal() * 3
    return [films[(first + step * 7) % len(films)] for step in range(min(_REPERTOIRE, len(films)))]


def _room_day(
    day: date,
    room: RoomWrite,
    hours: _Hours,
    *,
    repertoire: Sequence[Film],
    elsewhere: Sequence[Showing],
) -> Iterator[Showing]:
    own: list[Showing] = []
    start: datetime | None = hours.opens_at
    while start is not None:
        slot = _Slot(day, room, len(own), start, hours)
        fits = [film for film in repertoire if slot.has_room_for(film)]
        if not fits:
            return
        own.append(slot.showing(slot.best_of(fits, elsewhere, own)))
        yield own[-1]
        start = hours.next_start(own[-1].free_again_at)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A gap of a room's day that wants a film."""

    day: date
    room: RoomWrite
    number: int
    start: datetime
    hours: _Hours

    @property
    def hour(self) -> int:
        """The hour of the business day: past midnight it counts on."""
        local = self.start.astimezone(self.hours.zone)
        return local.hour + 24 * (local.date() > self.day).real

    def has_room_for(self, film: Film) -> bool:
        """Say whether the room is free again for its midnight show."""
        midnight = self.hours.midnight_show_at
        return midnight is None or self.start >= midnight or self.free_again(film) <= midnight

    def free_again(self, film: Film) -> datetime:
        minutes = self.trailers(film) + film.runtime_minutes + self.room.cleaning_minutes
        return self.start + timedelta(minutes=minutes)

    def trailers(self, film: Film) -> int:
        if film.is_short:
            return 5
        return 15 if self.hour >= _EVENING_HOUR else 10

    def best_of(
        self, fits: Sequence[Film], elsewhere: Sequence[Showing], own: Sequence[Showing]
    ) -> Film:
        """Return the film that suits best here, after what the day already shows."""
        dice = Random(f"{self.day}/{self.room.name}/{self.number}")  # noqa: S311 -- no secret
        shown = [*elsewhere, *own]
        before = own[-1].film if own else None

        def suits(film: Film) -> float:
            often = [showing for showing in shown if showing.film is film]
            is_near = any(abs(showing.starts_at - self.start) < _APART for showing in often)
            return (
                film.appeal * (0.12 if self.hour >= _EVENING_HOUR else 0.05)
                + self._taste(film)
                + 0.8 * dice.random()
                - 0.7 * len(often)
                - 1.5 * is_near
                - 2.0 * (film is before)
            )

        return max(fits, key=suits)

    def _taste(self, film: Film) -> float:
        """Children's films by day, horror late, and nothing for adults before the evening."""
        if film.is_for_adults and self.hour < _LATE_HOUR - 1:
            return -5.0
        if film.is_short and (self.hour >= _EVENING_HOUR or len(self.room.seats) > _LARGE):
            return -5.0
        if self.hour >= _LATE_HOUR:
            return 0.5 if "horror" in film.write.genres else 0.0
        return 0.4 if film.is_for_children and self.hour < _EVENING_HOUR else 0.0

    def showing(self, film: Film) -> Showing:
        is_evening = self.hour >= _EVENING_HOUR
        is_print = (
            is_evening
            and film.language == SILENT
            and self.room.name == _PRINTS_ROOM
            and self.day.weekday() in _PRINTS_DAYS
        )
        return Showing(
            business_day=self.day,
            room=self.room.name,
            slot=self.number,
            film=film,
            starts_at=self.start,
            trailers_minutes=self.trailers(film),
            free_again_at=self.free_again(film),
            format="35 mm" if is_print else "2D",
            # What is foreign has Romanian subtitles, the cards of a silent film too.
            subtitles="en" if film.write.countries == ["RO"] else "ro",
            price_card=_price_card(self.day.weekday(), is_evening=is_evening),
        )


def _price_card(weekday: int, *, is_evening: bool) -> Card:
    if weekday in _WEEKEND or (weekday == _FRIDAY and is_evening):
        return "Weekend"
    return "Weekday evening" if is_evening else "Weekday matinee"


def _rounded(at: datetime) -> datetime:
    """Return the next time that a programme would print."""
    late = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at + (_STEP - late if late else timedelta())


def _plain(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the time, or the next one that the zone's clocks show only once."""
    while (local := at.astimezone(zone)).replace(fold=0).utcoffset() != local.replace(
        fold=1
    ).utcoffset():
        at += _STEP
    return at
