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
from backend.onebox.demo.furnishing import DAYS_AHEAD, DAYS_PAST, ZONE, Report, business_day
from backend.onebox.demo.prices import CINEMA
from backend.onebox.demo.sales import StaffToken, Till

_log = logger(__name__)
_TILLS = 3
_MISSES = 4
_LATECOMERS = timedelta(minutes=20)
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


@dataclass(slots=True)
class _Progress:
    """How many seats of a part of the week are sold, told after each sale."""

    name: str
    total: int
    report: Report
    done: int = 0

    def add(self, seats: int) -> None:
        self.done = min(self.total, self.done + seats)
        self.report(self.name, self.done, self.total)


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

    async def come(self, report: Report) -> None:
        """Sell what is missing, part by part, and end the sale of what is over."""
        await self._finish_begun()
        shows = await self._shows(range(DAYS_AHEAD + 1))
        over = [show for show in shows if self._is_over(show)]
        tonight = [show for show in shows if show.is_tonight and show not in over]
        coming = [show for show in shows if not show.is_tonight]
        await self._fill("tonight's seats", tonight, report)
        await self._fill("the coming days' seats", coming, report)
        past = await self._shows(range(-DAYS_PAST, 0))
        await self._fill("the past days' seats", [*over, *past], report)
        await self._close([*over, *past])

    async def _finish_begun(self) -> None:
        """Take what an earlier run was paying when it ended the rest of its way."""
        for order in await self._till.unfinished():
            try:
                await self._till.finish(order)
            except Problem as problem:
                _log.info("an unfinished sale has lapsed", problem=problem.code)

    async def _shows(self, days_ahead: Iterable[int]) -> list[Show]:
        today = business_day(self._now())
        shows: list[Show] = []
        for ahead in days_ahead:
            programme = await self._movies.programme(
                CINEMA.slug, today + timedelta(days=ahead), "en"
            )
            shows.extend(_shows_of(programme, ahead))
        return shows

    def _is_over(self, show: Show) -> bool:
        return show.screening.starts_at + _LATECOMERS <= self._now()

    async def _fill(self, name: str, shows: Sequence[Show], report: Report) -> None:
        progress = _Progress(name, sum(show.missing for show in shows), report)
        if progress.total:
            await asyncio.gather(*(self._fill_one(show, progress) for show in shows))

    async def _fill_one(self, show: Show, progress: _Progress) -> None:
        left = show.missing
        if not left:
            return
        crowd = await self._arrive(show)
        misses = 0
        while left > 0 and misses < _MISSES:
            # Tickets are sold one order at a time in each room, so rooms fill side by side.
            async with self._tills:
                lines = crowd.choose(left)
                if not lines:
                    break
                try:
                    await self._till.sell(crowd.order(lines))
                except (SeatTaken, LoneSeat):
                    misses += 1
                    await self._look_again(crowd)
                    continue
                except Problem as problem:
                    misses += 1
                    _log.warning("a sale of the demo failed", problem=problem.code)
                    await self._look_again(crowd)
                    continue
            crowd.taken |= {line.seat for line in lines}
            left -= len(lines)
            progress.add(len(lines))
        progress.add(max(0, left))

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
