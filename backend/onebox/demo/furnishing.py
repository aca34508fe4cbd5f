"""Gives the cinema what it needs before anybody comes: films, posters, rooms, prices, a programme.

What is there already stays as it is, so a second start only looks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.client.catalogue import CatalogueClient
from backend.client.movies import MoviesClient
from backend.contracts.catalogue import (
    FilmRead,
    PriceCardWrite,
    Programme,
    ScreeningWrite,
)
from backend.contracts.problems_catalogue import ScreeningOverlap
from backend.onebox.demo.films import Film, films
from backend.onebox.demo.prices import CINEMA, TICKET_TYPES, price_cards
from backend.onebox.demo.programme import Showing, plan
from backend.onebox.demo.rooms import rooms
from backend.onebox.demo.sales import Token

ZONE = ZoneInfo(CINEMA.zone)
DAYS_PAST, DAYS_AHEAD = 3, 7
# A show that is over is still sold for so long, at the till, so that it can have had visitors.
PAST_SALE = timedelta(hours=2)
LATECOMERS = timedelta(minutes=20)
_AT_ONCE = 6

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")
Report = Callable[[str, int, int], None]


def business_day(at: datetime) -> date:
    """Return the cinema's day: what is shown after midnight is of the evening before."""
    return (at.astimezone(ZONE) - timedelta(hours=CINEMA.day_change_hour)).date()


class Furnishing:
    """Makes what is missing; `now` is the clock that says which days are coming."""

    def __init__(
        self,
        movies: MoviesClient,
        catalogue: CatalogueClient,
        staff_token: Token,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._movies = movies
        self._catalogue = catalogue
        self._token = staff_token
        self._now = now
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def furnish(self, report: Report) -> None:
        """Make what is missing up to the screenings of the days around today."""
        known = await self._movies.cinemas()
        if CINEMA.slug not in {cinema.slug for cinema in known.cinemas}:
            await self._catalogue.save_cinema(CINEMA, token=await self._token())
        await asyncio.gather(self._save_films(report), self._save_rooms(), self._save_prices())
        await self.schedule(report)

    async def schedule(self, report: Report) -> None:
        """Make the screenings that are missing of the past days, today and the coming ones."""
        today = business_day(self._now())
        days = [today + timedelta(days=n) for n in range(-DAYS_PAST, DAYS_AHEAD + 1)]
        known = await self._each(days, self.day)
        missing = [
            showing
            for day, programme in zip(days, known, strict=True)
            for showing in _missing(plan(day, films(), rooms(), ZONE), programme)
        ]
        if missing:
            ids = await self._ids()
            done = iter(range(1, len(missing) + 1))

            async def make(showing: Showing) -> None:
                await self._make(showing, ids)
                report("programme", next(done), len(missing))

            await self._each(missing, make)

    async def day(self, day: date) -> Programme:
        """Read the programme of a business day."""
        return await self._movies.programme(CINEMA.slug, day, "en")

    async def _save_films(self, report: Report) -> None:
        english, romanian = await asyncio.gather(
            self._movies.films(CINEMA.slug, "en"), self._movies.films(CINEMA.slug, "ro")
        )
        known = {film.slug: film for film in english.films}
        in_romanian = {film.slug: film for film in romanian.films}
        changed = [film for film in films() if not _is_known(film, known, in_romanian=in_romanian)]
        done = iter(range(1, len(changed) + 1))

        async def save(film: Film) -> None:
            saved = await self._catalogue.save_film(
                CINEMA.slug, film.write, token=await self._token()
            )
            if saved.poster_version is None:
                await self._hang_poster(saved)
            report("films", next(done), len(changed))

        await self._each(changed, save)

    async def _hang_poster(self, film: FilmRead) -> None:
        # Imported here: only a first start draws, and drawing reads the fonts.
        from brand.posters.wall import POSTERS  # noqa: PLC0415 -- 70 ms that no other start needs

        drawn = POSTERS[film.slug]().encode()
        await self._catalogue.save_poster(
            film.id, drawn, "image/svg+xml", token=await self._token()
        )

    async def _save_rooms(self) -> None:
        known = {room.name for room in (await self._catalogue.rooms(CINEMA.slug)).rooms}
        for room in rooms():
            if room.name not in known:
                await self._catalogue.save_room(CINEMA.slug, room, token=await self._token())

    async def _save_prices(self) -> None:
        for kind in TICKET_TYPES:
            await self._catalogue.save_ticket_type(CINEMA.slug, kind, token=await self._token())
        read = await self._catalogue.price_cards(CINEMA.slug, token=await self._token())
        known = [
            PriceCardWrite.model_validate(card.model_dump(exclude={"id", "version"}))
            for card in read.price_cards
        ]
        for card in price_cards():
            if card not in known:
                await self._catalogue.save_price_card(CINEMA.slug, card, token=await self._token())

    async def _ids(self) -> dict[str, UUID]:
        """Return the ids of films by slug, and of rooms and price cards by name."""
        read_films = await self._movies.films(CINEMA.slug, "en")
        read_rooms = await self._catalogue.rooms(CINEMA.slug)
        cards = await self._catalogue.price_cards(CINEMA.slug, token=await self._token())
        return {
            **{film.slug: film.id for film in read_films.films},
            **{room.name: room.id for room in read_rooms.rooms},
            **{card.name: card.id for card in cards.price_cards},
        }

    async def _make(self, showing: Showing, ids: dict[str, UUID]) -> None:
        now = self._now()
        is_over = showing.starts_at + LATECOMERS <= now
        body = ScreeningWrite(
            film_id=ids[showing.film.slug],
            room_id=ids[showing.room],
            price_card_id=ids[showing.price_card],
            starts_at=showing.starts_at,
            trailers_minutes=showing.trailers_minutes,
            format=showing.format,
            spoken_language=showing.film.language,
            subtitles=showing.subtitles,
            sale_closes_at=now + PAST_SALE if is_over else None,
        )
        try:
            await self._catalogue.make_screening(CINEMA.slug, body, token=await self._token())
        except ScreeningOverlap:
            # Somebody has planned the room's day differently: theirs stays.
            return

    async def _each(
        self, things: Sequence[_Thing], act: Callable[[_Thing], Awaitable[_Made]]
    ) -> list[_Made]:
        async def one(thing: _Thing) -> _Made:
            async with self._at_once:
                return await act(thing)

        return await asyncio.gather(*(one(thing) for thing in things))


def _missing(planned: Iterable[Showing], programme: Programme) -> list[Showing]:
    made = {
        (screening.room_name, screening.starts_at.astimezone(UTC))
        for film in programme.films
        for screening in film.screenings
    }
    return [showing for showing in planned if (showing.room, showing.starts_at) not in made]


def _is_known(
    film: Film, in_english: Mapping[str, FilmRead], *, in_romanian: Mapping[str, FilmRead]
) -> bool:
    """Say whether the service has the film as the table does, and a poster of it."""
    english, romanian = in_english.get(film.slug), in_romanian.get(film.slug)
    if english is None or romanian is None or english.poster_version is None:
        return False
    write = film.write.model_dump(exclude={"title", "synopsis", "release_date", "distributor"})
    titles = {"en": english.title, "ro": romanian.title}
    synopses = {"en": english.synopsis, "ro": romanian.synopsis}
    return (titles, synopses) == (film.write.title, film.write.synopsis) and (
        write == english.model_dump(include=set(write))
    )
