"""Calls the movies service: the programme for everybody, orders for their owners."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import date
from uuid import UUID

import httpx2

from backend.client.http import ServiceHttp
from backend.contracts.catalogue import (
    CinemaList,
    FilmList,
    FilmPage,
    Programme,
    ScreeningDetail,
)
from backend.contracts.orders import (
    LineRefund,
    Lookup,
    LookupAnswer,
    OrderCreate,
    OrderList,
    OrderPay,
    OrderRead,
    PayAnswer,
    SeatsChange,
)
from backend.contracts.payments import CheckoutRead
from backend.contracts.schema import Language
from backend.contracts.seats import BestSeats, SeatMap


class MoviesClient:
    """The movies service. `token` is the caller's own; `key` makes a retry safe."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def cinemas(self) -> CinemaList:
        """Return every cinema."""
        return await self._http.call(CinemaList, "GET", "/cinemas")

    async def programme(self, cinema: str, day: date | None, language: Language) -> Programme:
        """Return a business day; without a day, today's."""
        params = {"language": language} | ({"day": day.isoformat()} if day else {})
        return await self._http.call(
            Programme, "GET", f"/cinemas/{cinema}/programme", params=params
        )

    async def films(self, cinema: str, language: Language) -> FilmList:
        """Return a cinema's films."""
        return await self._http.call(
            FilmList, "GET", f"/cinemas/{cinema}/films", params={"language": language}
        )

    async def film(self, cinema: str, slug: str, language: Language) -> FilmPage:
        """Return a film and its coming screenings."""
        return await self._http.call(
            FilmPage, "GET", f"/cinemas/{cinema}/films/{slug}", params={"language": language}
        )

    async def poster(self, film_id: UUID) -> httpx2.Response:
        """Return a film's poster as it came."""
        return await self._http.send("GET", f"/films/{film_id}/poster")

    async def screening(self, screening: UUID, language: Language) -> ScreeningDetail:
        """Return a screening with its layout and prices."""
        return await self._http.call(
            ScreeningDetail, "GET", f"/screenings/{screening}", params={"language": language}
        )

    async def seat_map(self, screening: UUID) -> SeatMap:
        """Return which seats are taken."""
        return await self._http.call(SeatMap, "GET", f"/screenings/{screening}/seats")

    async def best_seats(self, screening: UUID, party: int) -> BestSeats:
        """Return the best free seats for a party."""
        return await self._http.call(
            BestSeats, "GET", f"/screenings/{screening}/seats/best", params={"party": party}
        )

    def follow_seats(self, screening: UUID) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Open the stream of a screening's map."""
        return self._http.stream(f"/screenings/{screening}/seats/live")

    def follow_order(
        self, order: UUID, *, token: str
    ) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Open the stream of an order."""
        return self._http.stream(f"/orders/{order}/live", token=token)

    async def create_order(self, body: OrderCreate, *, token: str, key: str) -> OrderRead:
        """Hold seats."""
        return await self._http.call(OrderRead, "POST", "/orders", token=token, body=body, key=key)

    async def orders(self, *, token: str) -> OrderList:
        """Return the caller's newest orders."""
        return await self._http.call(OrderList, "GET", "/orders", token=token)

    async def order(self, order: UUID, *, token: str) -> OrderRead:
        """Return one order."""
        return await self._http.call(OrderRead, "GET", f"/orders/{order}", token=token)

    async def change_seats(
        self, order: UUID, body: SeatsChange, *, token: str, key: str
    ) -> OrderRead:
        """Swap the hold."""
        return await self._http.call(
            OrderRead, "PUT", f"/orders/{order}/seats", token=token, body=body, key=key
        )

    async def extend(self, order: UUID, *, token: str, key: str) -> OrderRead:
        """Take more time."""
        return await self._http.call(
            OrderRead, "POST", f"/orders/{order}/extend", token=token, key=key
        )

    async def release(self, order: UUID, *, token: str, key: str) -> OrderRead:
        """Let a hold go."""
        return await self._http.call(
            OrderRead, "POST", f"/orders/{order}/release", token=token, key=key
        )

    async def pay(self, order: UUID, body: OrderPay, *, token: str, key: str) -> PayAnswer:
        """Press Pay."""
        return await self._http.call(
            PayAnswer, "POST", f"/orders/{order}/pay", token=token, body=body, key=key
        )

    async def payment(self, order: UUID, *, token: str) -> PayAnswer:
        """Return the page of the open payment, once there is one."""
        return await self._http.call(PayAnswer, "GET", f"/orders/{order}/payment", token=token)

    async def close_payment(self, order: UUID, *, token: str, key: str) -> OrderRead:
        """Ask to end the open payment."""
        return await self._http.call(
            OrderRead, "POST", f"/orders/{order}/close-payment", token=token, key=key
        )

    async def sync(self, order: UUID, *, token: str) -> CheckoutRead:
        """Have payment look at the provider now."""
        return await self._http.call(CheckoutRead, "POST", f"/orders/{order}/sync", token=token)

    async def refund(self, order: UUID, body: LineRefund, *, token: str, key: str) -> OrderRead:
        """Give back the money of some lines."""
        return await self._http.call(
            OrderRead, "POST", f"/orders/{order}/refunds", token=token, body=body, key=key
        )

    async def look_up(self, body: Lookup, *, token: str) -> LookupAnswer:
        """Return the order of a reference and code; auth's own token."""
        return await self._http.call(LookupAnswer, "POST", "/lookups", token=token, body=body)
