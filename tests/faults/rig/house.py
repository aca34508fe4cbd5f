"""A cinema of the rig's own: one film, one price, and as many rooms and screenings as are asked.

Staff make it over HTTP. Each screening has a room of its own, so none is in another's way.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
RUNTIME_MINUTES = 94


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
        self._furniture: dict[str, Furniture] = {}

    async def show(
        self, seats: int, *, starts_in: timedelta = timedelta(hours=2), are_apart: bool = True
    ) -> Show:
        """Make a screening. Seats that stand apart have no neighbours to be left alone."""
        furniture = await self.furniture()
        layout = plain_layout(seats, are_apart=are_apart)
        room = await self.room(SLUG, layout)
        async with self._client() as client:
            made = await client.make_screening(
                SLUG,
                ScreeningWrite(
                    film_id=furniture.film,
                    room_id=room,
                    price_card_id=furniture.card,
                    starts_at=datetime.now(UTC) + starts_in,
                ),
                token=await self._staff.token("admin"),
            )
        return Show(made.id, room, tuple(seat.seat for seat in layout))

    async def room(
        self, slug: str, layout: list[LayoutSeat] | None = None, *, cleaning_minutes: int = 15
    ) -> UUID:
        """Make a room with a name of its own."""
        body = RoomWrite(
            name=f"Room {uuid4().hex[:12]}",
            seats=layout or plain_layout(10),
            cleaning_minutes=cleaning_minutes,
        )
        async with self._client() as client:
            made = await client.save_room(slug, body, token=await self._staff.token("admin"))
        return made.id

    async def furniture(self, slug: str = SLUG, zone: str = CINEMA.zone) -> Furniture:
        """Make a cinema with a film and a price card, unless it is there."""
        if slug not in self._furniture:
            token = await self._staff.token("admin")
            cinema = CINEMA.model_copy(update={"slug": slug, "zone": zone})
            async with self._client() as client:
                await client.save_cinema(cinema, token=token)
                for kind in TICKET_TYPES:
                    await client.save_ticket_type(slug, kind, token=token)
                film = await client.save_film(slug, _film(), token=token)
                card = await client.save_price_card(slug, _card(), token=token)
            self._furniture[slug] = Furniture(film.id, card.id)
        return self._furniture[slug]

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[CatalogueClient]:
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            yield CatalogueClient(ServiceHttp(http, self._cinema.addresses["movies"]))


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
        runtime_minutes=RUNTIME_MINUTES,
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
