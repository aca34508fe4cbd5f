"""Halls with even rows and screenings in them, made through the services as managers do."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx2

from backend.client.catalogue import CatalogueClient
from backend.client.http import ServiceHttp
from backend.contracts.catalogue import (
    CinemaWrite,
    FilmWrite,
    PriceCardWrite,
    PriceRule,
    RoomWrite,
    ScreeningWrite,
    Seller,
    TicketTypeWrite,
)
from backend.contracts.seats import LayoutSeat

SLUG = "bench"
_ROW = 20
_LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SLOTS_A_DAY = 8
_LENGTH = timedelta(hours=3)
_FIRST_DAY = 20
_SELLER = Seller(
    name="Bench SRL", address="Str. Film 1, Cluj", tax_id="RO1", email="a@mesh.example"
)


@dataclass(frozen=True, slots=True)
class Ids:
    """What a screening is made of."""

    film: UUID
    card: UUID


class Halls:
    """Makes screenings in halls of a given size; each call makes a hall of its own."""

    def __init__(self, movies: str, sign_in: Callable[[], str]) -> None:
        self._movies = movies
        self._sign_in = sign_in
        self._token = ""
        self._names = count(1)

    async def screenings(self, many: int, *, seats: int) -> list[UUID]:
        """Return so many new screenings that are on sale, all in one hall with so many seats."""
        # A token lives five minutes, a measurement longer.
        self._token = await asyncio.to_thread(self._sign_in)
        async with httpx2.AsyncClient(trust_env=False, timeout=20) as http:
            catalogue = CatalogueClient(ServiceHttp(http, self._movies))
            ids = await self._ground(catalogue)
            room = RoomWrite(
                name=f"Hall {next(self._names)}", seats=layout(seats), cleaning_minutes=0
            )
            saved = await catalogue.save_room(SLUG, room, token=self._token)
            return [
                await self._made(catalogue, ids, saved.id, number=number) for number in range(many)
            ]

    async def _made(self, catalogue: CatalogueClient, ids: Ids, room: UUID, *, number: int) -> UUID:
        body = ScreeningWrite(
            film_id=ids.film, room_id=room, price_card_id=ids.card, starts_at=_start(number)
        )
        return (await catalogue.make_screening(SLUG, body, token=self._token)).id

    async def _ground(self, catalogue: CatalogueClient) -> Ids:
        """Make the cinema, its film and its prices, or find them as they are."""
        token = self._token
        await catalogue.save_cinema(_CINEMA, token=token)
        film = await catalogue.save_film(SLUG, _FILM, token=token)
        kind = TicketTypeWrite(code="adult", name={"en": "Adult", "ro": "Adult"})
        await catalogue.save_ticket_type(SLUG, kind, token=token)
        cards = await catalogue.price_cards(SLUG, token=token)
        known = [card.id for card in cards.price_cards]
        if not known:
            known = [(await catalogue.save_price_card(SLUG, _CARD, token=token)).id]
        return Ids(film.id, known[0])


def layout(seats: int) -> list[LayoutSeat]:
    """Draw even rows: whoever takes seats 2k+1 and 2k+2 never leaves one alone."""
    return [
        LayoutSeat(
            seat=number + 1,
            row=_LABELS[number // _ROW],
            label=str(number % _ROW + 1),
            x=float(number % _ROW),
            y=float(number // _ROW),
            position=number % _ROW,
        )
        for number in range(seats)
    ]


def pairs(seats: int) -> Sequence[tuple[int, int]]:
    """Return the pairs of a hall."""
    return [(first, first + 1) for first in range(1, seats, 2)]


def _start(number: int) -> datetime:
    """Return the start of a hall's screening, weeks ahead, eight a day."""
    day, slot = divmod(number, _SLOTS_A_DAY)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=_FIRST_DAY + day) + _LENGTH * slot


_CINEMA = CinemaWrite(
    slug=SLUG,
    name="Bench",
    zone="Europe/Bucharest",
    currency="RON",
    languages=["en", "ro"],
    seller=_SELLER,
)
_FILM = FilmWrite(
    slug="sherlock-jr",
    title={"en": "Sherlock Jr.", "ro": "Sherlock Jr."},
    original_title="Sherlock Jr.",
    synopsis={"en": "A dream.", "ro": "Un vis."},
    year=1924,
    runtime_minutes=45,
    certificate="AG",
    directors=["Buster Keaton"],
    cast=[],
    countries=["US"],
    spoken_languages=["zxx"],
    genres=[],
)
_CARD = PriceCardWrite(
    name="Standard",
    rules=[PriceRule(ticket_type="adult", price_minor=3200)],
    fee_minor=150,
    tax_rate_bp=1100,
)
