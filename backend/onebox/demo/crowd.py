"""Guests who come at once: they hold seats, think, let go, change places, and some of them buy.

They use the public interface as everybody does, so a map that is open anywhere is seen moving.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import httpx2

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.contracts.catalogue import ScreeningDetail, ScreeningRead
from backend.contracts.orders import LineChoice, OrderCreate, OrderRead, SeatsChange
from backend.contracts.problems import Problem, Refused
from backend.contracts.problems_orders import SeatTaken
from backend.onebox.demo import demand
from backend.onebox.demo.clusters import hall_of, seated, taken_of
from backend.onebox.demo.furnishing import Report
from backend.onebox.demo.keeper import Addresses
from backend.onebox.demo.payment_page import PaymentPage
from backend.onebox.demo.prices import CINEMA
from backend.onebox.demo.sales import Buyer

_GUESTS_AT_ONCE = 8
_SCREENINGS = 6
_THINKS_S = (1.5, 5.0)
_PAUSE_S = 0.5
_BUYS, _MOVES = 0.4, 0.2
_IS_DECLINED = 0.15


async def crowd(
    addresses: Addresses,
    http: httpx2.AsyncClient,
    token_for_guest: Callable[[], Awaitable[str]],
    *,
    seconds: float,
    report: Report,
) -> Counter[str]:
    """Send guests for so many seconds; return how often they held, let go, bought or were refused.

    `token_for_guest` makes each guest's own token. `report` is told what happened so far and how
    many of the seconds are over. No hold is left behind.
    """
    movies = MoviesClient(ServiceHttp(http, addresses.movies))
    screenings = await _screenings(movies)
    ends_at = time.monotonic() + seconds
    tally: Counter[str] = Counter()
    visit = _Visit(movies, PaymentPage(http, addresses.simulator), screenings, tally, ends_at)

    async def tell() -> None:
        while (left := ends_at - time.monotonic()) > 0:
            report(_summary(tally), round(seconds - left), round(seconds))
            await asyncio.sleep(min(_PAUSE_S, left))

    async def guest(number: int) -> None:
        dice = Random(number)  # noqa: S311 -- chance, not secrecy
        while time.monotonic() < ends_at:
            await visit.once(await token_for_guest(), dice)

    await asyncio.gather(tell(), *(guest(number) for number in range(_GUESTS_AT_ONCE)))
    report(_summary(tally), round(seconds), round(seconds))
    return tally


async def _screenings(movies: MoviesClient) -> Sequence[ScreeningDetail]:
    """Return the next few screenings that sell, of today or of the next day that has some."""
    today = await movies.programme(CINEMA.slug, None, "en")
    found: list[ScreeningRead] = []
    for day in today.days[:3]:
        programme = await movies.programme(CINEMA.slug, day, "en")
        found = [
            screening
            for film in programme.films
            for screening in film.screenings
            if screening.is_on_sale and screening.free
        ]
        if found:
            break
    found.sort(key=lambda screening: screening.starts_at)
    return [await movies.screening(screening.id, "en") for screening in found[:_SCREENINGS]]


@dataclass(frozen=True, slots=True)
class _Visit:
    """What every guest of a crowd can reach, and what all of them did."""

    movies: MoviesClient
    page: PaymentPage
    screenings: Sequence[ScreeningDetail]
    tally: Counter[str]
    ends_at: float

    async def once(self, token: str, dice: Random) -> None:
        """Live through one guest's visit; whatever is refused only ends it."""

        async def own() -> str:
            return token

        buyer = Buyer(self.movies, self.page, own)
        if not self.screenings:
            await self._think(dice)
            return
        detail = dice.choice(self.screenings)
        try:
            seats = await self._find(detail, dice)
            order = await buyer.hold(_wanted(detail, seats, dice))
        except Problem:
            self.tally["refused"] += 1
            await self._think(dice)
            return
        self.tally["held"] += 1
        try:
            await self._decide(buyer, order, detail, dice=dice)
        except Problem:
            self.tally["refused"] += 1
            with suppress(Problem):
                await self.movies.release(order.id, token=token, key=f"leave.{order.id}")

    async def _decide(
        self, buyer: Buyer, order: OrderRead, detail: ScreeningDetail, *, dice: Random
    ) -> None:
        await self._think(dice)
        token = await buyer.token()
        if dice.random() < _MOVES and not self._is_over():
            order = await self._move(order, detail, token, dice=dice)
            await self._think(dice)
        if dice.random() >= _BUYS or self._is_over():
            await self.movies.release(order.id, token=token, key=f"release.{order.id}")
            self.tally["let go"] += 1
            return
        cards = ("decline", "success") if dice.random() < _IS_DECLINED else ("success",)
        await buyer.finish(order, email=f"guest-{uuid4().hex[:6]}@guests.example", cards=cards)
        self.tally["bought"] += 1

    async def _move(
        self, order: OrderRead, detail: ScreeningDetail, token: str, *, dice: Random
    ) -> OrderRead:
        """Choose other seats; who finds none keeps what they have."""
        seats = await self._find(detail, dice)
        change = SeatsChange(lines=_wanted(detail, seats, dice).lines)
        try:
            order = await self.movies.change_seats(
                order.id, change, token=token, key=f"move.{order.id}"
            )
        except Refused:
            return order
        self.tally["changed places"] += 1
        return order

    async def _find(self, detail: ScreeningDetail, dice: Random) -> list[int]:
        """Half the guests take what the service offers them; the others look for themselves."""
        party = next(demand.parties(dice, demand.ORDER_SEATS))
        if dice.random() < 0.5:
            return (await self.movies.best_seats(detail.screening.id, party)).seats
        seen = await self.movies.seat_map(detail.screening.id)
        return seated(hall_of(detail.layout), taken_of(detail.layout, seen.bitmap), party, dice)

    async def _think(self, dice: Random) -> None:
        left = max(0.0, self.ends_at - time.monotonic())
        await asyncio.sleep(min(dice.uniform(*_THINKS_S), left))

    def _is_over(self) -> bool:
        return time.monotonic() >= self.ends_at


def _wanted(detail: ScreeningDetail, seats: Sequence[int], dice: Random) -> OrderCreate:
    """Return the order of some seats; raises SeatTaken when there are none."""
    if not seats:
        raise SeatTaken
    types = demand.ticket_types(len(seats), dice, is_for_children=detail.film.certificate == "AG")
    return OrderCreate(
        screening_id=detail.screening.id,
        lines=[
            LineChoice(seat=seat, ticket_type=kind) for seat, kind in zip(seats, types, strict=True)
        ],
        language=dice.choice(("en", "ro")),
    )


def _summary(tally: Counter[str]) -> str:
    parts = (f"{tally[what]} {what}" for what in ("held", "changed places", "let go", "bought"))
    return ", ".join(parts)
