"""Fills the rooms through the till: tonight first, then the coming days, then the days past.

What is sold already counts, whoever bought it, so a start after a stop goes on where it was.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from backend.client.catalogue import CatalogueClient
from backend.client.movies import MoviesClient
from backend.contracts.catalogue import Programme, ScreeningRead
from backend.contracts.orders import LineChoice, OrderCreate
from backend.contracts.problems import Problem
from backend.contracts.problems_orders import LoneSeat, SeatTaken
from backend.contracts.seats import LayoutSeat
from backend.kit.logs import logger
from backend.onebox.demo import demand
from backend.onebox.demo.clusters import Hall, hall_of, seated, taken_of
from backend.onebox.demo.demand import Wanted
from backend.onebox.demo.films import Film, films
from backend.onebox.demo.furnishing import (
    DAYS_AHEAD,
    DAYS_PAST,
    LATECOMERS,
    ZONE,
    Report,
    business_day,
)
from backend.onebox.demo.pace import Pace
from backend.onebox.demo.prices import CINEMA
from backend.onebox.demo.sales import StaffToken, Till

_log = logger(__name__)
_TILLS = 4
_SHARE = 0.7
_MISSES = 4
_PAIRS_COME = 0.06
_MAILS_WANTED = 0.04
_GUESTS = ("ilinca", "matei", "sorin", "daria", "vlad", "corina", "petru", "anca")


@dataclass(frozen=True, slots=True)
class Show:
    """A screening, and how many of its seats should be sold by now."""

    screening: ScreeningRead
    film: Film
    wanted: int
    is_tonight: bool

    @property
    def missing(self) -> int:
        sold = self.screening.capacity - self.screening.free
        return max(0, self.wanted - sold) if self.screening.is_on_sale else 0


class _Progress:
    """Some days whose seats are being sold; tells how far that is after each sale."""

    def __init__(self, name: str, days: Sequence[Sequence[Show]], report: Report) -> None:
        self.days = days
        self._name = name
        self._report = report
        self._done = 0
        self._total = sum(show.missing for day in days for show in day)

    def add(self, seats: int) -> None:
        if seats:
            self._done += seats
            self._report(self._name, min(self._done, self._total), self._total)


class Visitors:
    """Everybody who comes to the cinema; at most a few of them pay at once."""

    def __init__(
        self,
        movies: MoviesClient,
        catalogue: CatalogueClient,
        till: Till,
        staff_token: StaffToken,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._movies = movies
        self._catalogue = catalogue
        self._till = till
        self._token = staff_token
        self._now = now
        self._tills = asyncio.Semaphore(_TILLS)
        self._pace = Pace(_SHARE)

    async def come(self, report: Report) -> None:
        """Sell what is missing, day by day, and end the sale of what is over."""
        await self._finish_begun()
        today = await self._shows(0)
        over = [show for show in today if self._is_over(show)]
        tonight = [show for show in today if show not in over]
        coming = [await self._shows(ahead) for ahead in range(1, DAYS_AHEAD + 1)]
        past = [over, *[await self._shows(-ago) for ago in range(1, DAYS_PAST + 1)]]
        for name, days in (
            ("tonight's seats", [tonight]),
            ("the coming days' seats", coming),
            ("the past days' seats", past),
        ):
            await self._fill(_Progress(name, days, report))
        await self._close(show for day in past for show in day)

    async def _finish_begun(self) -> None:
        """Take what an earlier run was paying when it ended the rest of its way."""
        for order in await self._till.unfinished():
            try:
                await self._till.finish(order)
            except Problem as problem:
                _log.info("an unfinished sale has lapsed", problem=problem.code)

    async def _shows(self, days_ahead: int) -> list[Show]:
        day = business_day(self._now()) + timedelta(days=days_ahead)
        return _shows_of(await self._movies.programme(CINEMA.slug, day, "en"), days_ahead)

    def _is_over(self, show: Show) -> bool:
        return show.screening.starts_at + LATECOMERS <= self._now()

    async def _fill(self, progress: "_Progress") -> None:
        for day in progress.days:
            # Each room sells one order at a time, and the rooms of a day fill side by side.
            await asyncio.gather(*(self._fill_one(show, progress) for show in day if show.missing))

    async def _fill_one(self, show: Show, progress: "_Progress") -> None:
        left, misses = show.missing, 0
        async with self._tills:
            crowd = await self._arrive(show)
        while left > 0 and misses < _MISSES:
            async with self._tills:
                sold = await self._sell_some(crowd, left)
                await self._pace.rest()
            if sold is None:
                misses += 1
            elif sold == 0:
                break
            else:
                left -= sold
                progress.add(sold)
        progress.add(max(0, left))

    async def _sell_some(self, crowd: "_Crowd", most: int) -> int | None:
        """Sell one order and return its seats: 0 when no seat is left, None when it failed."""
        lines = crowd.choose(most)
        if not lines:
            return 0
        try:
            await self._till.sell(crowd.order(lines))
        except Problem as problem:
            # Guests buy at the same time, so a seat may be gone: look at the map again.
            if not isinstance(problem, SeatTaken | LoneSeat):
                _log.warning("a sale of the demo failed", problem=problem.code)
            await self._look_again(crowd)
            return None
        crowd.taken |= {line.seat for line in lines}
        return len(lines)

    async def _arrive(self, show: Show) -> "_Crowd":
        detail = await self._movies.screening(show.screening.id, "en")
        crowd = _Crowd(show, detail.layout, hall_of(detail.layout))
        await self._look_again(crowd)
        crowd.dice.seed(f"{show.screening.id}/{len(crowd.taken)}")
        return crowd

    async def _look_again(self, crowd: "_Crowd") -> None:
        seen = await self._movies.seat_map(crowd.show.screening.id)
        crowd.taken = taken_of(crowd.layout, seen.bitmap)

    async def _close(self, shows: Iterable[Show]) -> None:
        """End the sale of what is over; it was open only to be sold here."""
        for show in shows:
            if show.screening.is_on_sale:
                await self._catalogue.close_screening(
                    CINEMA.slug, show.screening.id, token=await self._token()
                )


@dataclass(slots=True)
class _Crowd:
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
            seats = seated(self.hall, taken, size, self.dice)
            if not seats or len(lines) + len(seats) > demand.ORDER_SEATS:
                break
            types = demand.ticket_types(self.show.film, len(seats), self.dice)
            lines += [
                LineChoice(seat=seat, ticket_type=kind)
                for seat, kind in zip(seats, types, strict=True)
            ]
        return lines or self._pair(self.taken)

    def order(self, lines: list[LineChoice]) -> OrderCreate:
        wants_mail = self.show.is_tonight and self.dice.random() < _MAILS_WANTED
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


def _shows_of(programme: Programme, days_ahead: int) -> list[Show]:
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
            wanted=round(screening.capacity * shares[str(screening.id)]),
            is_tonight=days_ahead == 0,
        )
        for film, screening in pairs
    ]
