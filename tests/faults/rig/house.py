"""A cinema of the rig's own: one film, one price, and as many rooms and screenings as are asked.

Staff make it over HTTP. Each screening has a room of its own, so none is in another's way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2

from backend.client.catalogue import CatalogueClient
from backend.client.http import ServiceHttp
from backend.contracts.catalogue import (
    FilmWrite,
    PriceCardWrite,
    PriceRule,
    RoomWrite,
    ScreeningWrite,
)
from backend.contracts.seats import LayoutSeat
from backend.onebox.demo.prices import CINEMA, TICKET_TYPES
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.people import Staff

SLUG = CINEMA.slug
PRICE_MINOR = 3350


@dataclass(frozen=True, slots=True)
class Show:
    """A screening on sale and its seats."""

    id: UUID
    room: UUID
    seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Furniture:
    """What every screening needs."""

    film: UUID
    card: UUID


class House:
    """Makes rooms and screenings; the first call makes the cinema around them."""

    def __init__(self, cinema: Cinema, staff: Staff) -> None:
        self._cinema = cinema
        self._staff = staff
        self._furniture: Furniture | None = None

    async def show(
        self, seats: int, *, starts_in: timedelta = timedelta(hours=2), are_apart: bool = True
    ) -> Show:
        """Make a screening. Seats that stand apart have no neighbours to be left alone."""
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            furniture = await self._furnished(http)
            client, token = self._client(http), await self._staff.token("admin")
            layout = plain_layout(seats, are_apart=are_apart)
            room = await client.save_room(
                SLUG, RoomWrite(name=f"Room {uuid4().hex[:12]}", seats=layout), token=token
            )
            made = await client.make_screening(
                SLUG,
                ScreeningWrite(
                    film_id=furniture.film,
                    room_id=room.id,
                    price_card_id=furniture.card,
                    starts_at=datetime.now(UTC) + starts_in,
                ),
                token=token,
            )
        return Show(made.id, room.id, tuple(seat.seat for seat in layout))

    async def furniture(self) -> Furniture:
        """Return the film and the price card, for whoever makes screenings by themselves."""
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            return await self._furnished(http)

    async def _furnished(self, http: httpx2.AsyncClient) -> Furniture:
        if self._furniture is None:
            client, token = self._client(http), await self._staff.token("admin")
            await client.save_cinema(CINEMA, token=token)
            for kind in TICKET_TYPES:
                await client.save_ticket_type(SLUG, kind, token=token)
            film = await client.save_film(SLUG, _film(), token=token)
            card = await client.save_price_card(SLUG, _card(), token=token)
            self._furniture = Furniture(film.id, card.id)
        return self._furniture

    def _client(self, http: httpx2.AsyncClient) -> CatalogueClient:
        return CatalogueClient(ServiceHttp(http, self._cinema.addresses["movies"]))


def plain_layout(seats: int, *, are_apart: bool = True) -> list[LayoutSeat]:
    """Draw rows of ten; seats that stand apart leave a place free between them."""
    return [
        LayoutSeat(
            seat=number + 1,
            row=f"R{number // 10 + 1}",
            label=str(number % 10 + 1),
            x=float(number % 10),
            y=float(number // 10),
            position=number % 10 * (2 if are_apart else 1),
        )
        for number in range(seats)
    ]


def _film() -> FilmWrite:
    return FilmWrite(
        slug="nosferatu",
        title={"en": "Nosferatu", "ro": "Nosferatu"},
        original_title="Nosferatu",
        synopsis={"en": "A shadow.", "ro": "O umbră."},
        year=1922,
        runtime_minutes=94,
        certificate="AP-12",
        directors=["F. W. Murnau"],
        cast=[],
        countries=["DE"],
        spoken_languages=["zxx"],
        genres=["horror"],
    )


def _card() -> PriceCardWrite:
    return PriceCardWrite(
        name="Standard",
        rules=[
            PriceRule(ticket_type="adult", price_minor=3200),
            PriceRule(ticket_type="child", price_minor=2200),
            PriceRule(ticket_type="carer", price_minor=0),
        ],
        fee_minor=150,
        tax_rate_bp=1100,
    )
