"""Calls the movies service as staff do: what a cinema has and shows. Each call needs a token."""

from uuid import UUID

from backend.client.http import ServiceHttp
from backend.contracts.catalogue import (
    CinemaRead,
    CinemaWrite,
    FilmRead,
    FilmWrite,
    PriceCardList,
    PriceCardRead,
    PriceCardWrite,
    RoomList,
    RoomRead,
    RoomWrite,
    ScreeningMade,
    ScreeningWrite,
    TicketTypeSaved,
    TicketTypeWrite,
)


class CatalogueClient:
    """The catalogue of the movies service. Saving again changes what has the same name."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def save_cinema(self, body: CinemaWrite, *, token: str) -> CinemaRead:
        """Make a cinema, or change the one with this slug."""
        return await self._http.call(CinemaRead, "POST", "/cinemas", token=token, body=body)

    async def save_film(self, cinema: str, body: FilmWrite, *, token: str) -> FilmRead:
        """Make a film, or change the one with this slug."""
        path = f"/cinemas/{cinema}/films/{body.slug}"
        return await self._http.call(FilmRead, "PUT", path, token=token, body=body)

    async def save_poster(
        self, film: UUID, content: bytes, media_type: str, *, token: str
    ) -> FilmRead:
        """Keep a film's poster."""
        response = await self._http.upload(
            f"/films/{film}/poster", content, media_type, token=token
        )
        return FilmRead.model_validate_json(response.content)

    async def rooms(self, cinema: str) -> RoomList:
        """Return a cinema's rooms; anybody may ask."""
        return await self._http.call(RoomList, "GET", f"/cinemas/{cinema}/rooms")

    async def save_room(self, cinema: str, body: RoomWrite, *, token: str) -> RoomRead:
        """Make a room, or the next version of the layout of the one with this name."""
        path = f"/cinemas/{cinema}/rooms"
        return await self._http.call(RoomRead, "POST", path, token=token, body=body)

    async def save_ticket_type(
        self, cinema: str, body: TicketTypeWrite, *, token: str
    ) -> TicketTypeSaved:
        """Make a ticket type, or change the one with this code."""
        path = f"/cinemas/{cinema}/ticket-types/{body.code}"
        return await self._http.call(TicketTypeSaved, "PUT", path, token=token, body=body)

    async def price_cards(self, cinema: str, *, token: str) -> PriceCardList:
        """Return a cinema's price cards."""
        path = f"/cinemas/{cinema}/price-cards"
        return await self._http.call(PriceCardList, "GET", path, token=token)

    async def save_price_card(
        self, cinema: str, body: PriceCardWrite, *, token: str
    ) -> PriceCardRead:
        """Make a price card, or the next version of the one with this name."""
        path = f"/cinemas/{cinema}/price-cards"
        return await self._http.call(PriceCardRead, "POST", path, token=token, body=body)

    async def make_screening(
        self, cinema: str, body: ScreeningWrite, *, token: str
    ) -> ScreeningMade:
        """Schedule a screening."""
        path = f"/cinemas/{cinema}/screenings"
        return await self._http.call(ScreeningMade, "POST", path, token=token, body=body)

    async def close_screening(self, cinema: str, screening: UUID, *, token: str) -> ScreeningMade:
        """End the sale of a screening."""
        path = f"/cinemas/{cinema}/screenings/{screening}/close"
        return await self._http.call(ScreeningMade, "POST", path, token=token)
