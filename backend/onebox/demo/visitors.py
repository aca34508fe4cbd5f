"""Fills the rooms through the till: tonight first, then the coming days, then the days past.

What is sold already counts, whoever bought it, so a start after a stop goes on where it was.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from backend.client.catalogue import CatalogueClient
from backend.client.movies import MoviesClient
from backend.contracts.problems import Problem
from backend.contracts.problems_orders import LoneSeat, SeatTaken
from backend.kit.logs import logger
from backend.onebox.demo.audiences import Audience
from backend.onebox.demo.clusters import hall_of, taken_of
from backend.onebox.demo.furnishing import (
    DAYS_AHEAD,
    DAYS_PAST,
    LATECOMERS,
    Report,
    business_day,
)
from backend.onebox.demo.pace import Pace
from backend.onebox.demo.prices import CINEMA
from backend.onebox.demo.sales import Buyer, Token
from backend.onebox.demo.shows import Show, shows_of

_log = logger(__name__)
_TILLS = 4
# Of one processor: what is left is the guests', and PostgreSQL works on another one.
_SHARE = 0.7
_MISSES = 4


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
        till: Buyer,
        staff_token: Token,
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
        return shows_of(await self._movies.programme(CINEMA.slug, day, "en"), days_ahead)

    def _is_over(self, show: Show) -> bool:
        return show.screening.starts_at + LATECOMERS <= self._now()

    async def _fill(self, progress: _Progress) -> None:
        for day in progress.days:
            # Each room sells one order at a time, and the rooms of a day fill side by side.
            await asyncio.gather(*(self._fill_one(show, progress) for show in day if show.missing))

    async def _fill_one(self, show: Show, progress: _Progress) -> None:
        left, misses = show.missing, 0
        async with self._tills:
            audience = await self._arrive(show)
        while left > 0 and misses < _MISSES:
            async with self._tills:
                sold = await self._sell_some(audience, left)
                await self._pace.rest()
            if sold is None:
                misses += 1
            elif sold == 0:
                break
            else:
                left -= sold
                progress.add(sold)
        progress.add(max(0, left))

    async def _sell_some(self, audience: Audience, most: int) -> int | None:
        """Sell one order and return its seats: 0 when no seat is left, None when it failed."""
        lines = audience.choose(most)
        if not lines:
            return 0
        try:
            await self._till.finish(await self._till.hold(audience.order(lines)))
        except Problem as problem:
            # Guests buy at the same time, so a seat may be gone: look at the map again.
            if not isinstance(problem, SeatTaken | LoneSeat):
                _log.warning("a sale of the demo failed", problem=problem.code)
            await self._look_again(audience)
            return None
        audience.taken |= {line.seat for line in lines}
        return len(lines)

    async def _arrive(self, show: Show) -> Audience:
        detail = await self._movies.screening(show.screening.id, "en")
        audience = Audience(show, detail.layout, hall_of(detail.layout))
        await self._look_again(audience)
        audience.dice.seed(f"{show.screening.id}/{len(audience.taken)}")
        return audience

    async def _look_again(self, audience: Audience) -> None:
        seen = await self._movies.seat_map(audience.show.screening.id)
        audience.taken = taken_of(audience.layout, seen.bitmap)

    async def _close(self, shows: Iterable[Show]) -> None:
        """End the sale of what is over; it was open only to be sold here."""
        for show in shows:
            if show.screening.is_on_sale:
                await self._catalogue.close_screening(
                    CINEMA.slug, show.screening.id, token=await self._token()
                )
