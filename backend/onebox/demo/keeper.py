"""Keeps the demo cinema furnished and visited, today and every day after."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import httpx2

from backend.client.catalogue import CatalogueClient
from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.contracts.problems import Problem
from backend.kit.logs import logger
from backend.onebox.demo.furnishing import ZONE, Furnishing, Report, business_day
from backend.onebox.demo.payment_page import PaymentPage
from backend.onebox.demo.sales import Buyer, Token
from backend.onebox.demo.visitors import Visitors

_log = logger(__name__)
_LOOK_S = 30.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the movies service and the card provider's page are, for this process."""

    movies: str
    simulator: str


class Keeper:
    """Furnishes, enlivens and watches; `staff_token` is asked anew for each use.

    `report` is told what is being made, how much of it is done, and of how much.
    """

    def __init__(
        self,
        addresses: Addresses,
        http: httpx2.AsyncClient,
        staff_token: Token,
        report: Report,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        service = ServiceHttp(http, addresses.movies)
        movies, catalogue = MoviesClient(service), CatalogueClient(service)
        till = Buyer(movies, PaymentPage(http, addresses.simulator), staff_token)
        self._furnishing = Furnishing(movies, catalogue, staff_token, now=now)
        self._visitors = Visitors(movies, catalogue, till, staff_token, now=now)
        self._report = report
        self._now = now
        self._pause = pause
        self._planned = self._days()

    async def furnish(self) -> None:
        """Make what a cinema needs before its doors open; quick when it is there already."""
        self._planned = self._days()
        await self._furnishing.furnish(self._report)

    async def enliven(self) -> None:
        """Sell tonight's seats, then the coming days', then those of the days past."""
        await self._visitors.come(self._report)

    async def watch(self) -> None:
        """For ever: when a day begins, at midnight or at the day change, plan and sell again."""
        while True:
            # Looking often instead of sleeping until midnight survives a laptop's sleep.
            await self._pause(_LOOK_S)
            today = self._days()
            if today == self._planned:
                continue
            try:
                await self._furnishing.schedule(self._report)
                await self.enliven()
            except Problem as problem:
                _log.warning("the new day is planned at the next look", problem=problem.code)
            else:
                self._planned = today

    def _days(self) -> tuple[date, date]:
        now = self._now()
        return business_day(now), now.astimezone(ZONE).date()
