"""A small cinema in movies' database: two rooms, a film, prices, and screenings on sale."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.contracts.catalogue import (
    CinemaRead,
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
from backend.kit.database import Database
from backend.movies.cinemas import repository as cinemas
from backend.movies.films import repository as films
from backend.movies.prices import repository as prices
from backend.movies.rooms import repository as rooms
from backend.movies.screenings import service as screenings

SELLER = Seller(name="Mesh SRL", address="Str. Film 1, Cluj", tax_id="RO1", email="a@mesh.example")


@dataclass(frozen=True)
class SmallCinema:
    """What was made."""

    cinema: CinemaRead
    film: UUID
    room: UUID
    card: UUID
    screening: UUID


def layout(rows: int = 6, seats: int = 10) -> list[LayoutSeat]:
    """Draw a plain room: rows from A, seats numbered through, a wheelchair pair in row A."""
    kinds = {1: "wheelchair", 2: "companion"}
    return [
        LayoutSeat(
            seat=row * seats + place + 1,
            row="ABCDEFGHIJ"[row],
            label=str(place + 1),
            kind=kinds.get(row * seats + place + 1, "standard"),
            x=float(place),
            y=float(row),
            position=place,
            pair={1: 2, 2: 1}.get(row * seats + place + 1),
        )
        for row in range(rows)
        for place in range(seats)
    ]


async def small_cinema(database: Database, slug: str = "mesh", *, rows: int = 6) -> SmallCinema:
    """Make the cinema with one screening two hours from now."""
    async with database.transaction() as connection:
        cinema = await cinemas.save(
            connection,
            CinemaWrite(
                slug=slug,
                name=f"Cinema {slug}",
                zone="Europe/Bucharest",
                currency="RON",
                languages=["en", "ro"],
                seller=SELLER,
            ),
        )
        film = await films.save(connection, cinema.id, _film())
        room_key = await rooms.save(
            connection, cinema.id, RoomWrite(name="Room 1", seats=layout(rows))
        )
        room = (await rooms.find_by_key(connection, room_key))["public_id"]
        for kind in _ticket_types():
            await prices.save_ticket_type(connection, cinema.id, kind)
        card = await prices.save_card(connection, cinema.id, price_card())
        screening = await screenings.make(
            connection,
            cinema,
            ScreeningWrite(
                film_id=film,
                room_id=room,
                price_card_id=card,
                starts_at=datetime.now(UTC) + timedelta(hours=2),
            ),
        )
    return SmallCinema(cinema, film, room, card, screening)


def price_card(adult: int = 3200) -> PriceCardWrite:
    """Return a card: adults, children, free carers; fee 1.50, tax 11 %."""
    return PriceCardWrite(
        name="Standard",
        rules=[
            PriceRule(ticket_type="adult", price_minor=adult),
            PriceRule(ticket_type="child", price_minor=2200),
            PriceRule(ticket_type="carer", price_minor=0),
        ],
        fee_minor=150,
        tax_rate_bp=1100,
    )


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


def _ticket_types() -> list[TicketTypeWrite]:
    return [
        TicketTypeWrite(code="adult", name={"en": "Adult", "ro": "Adult"}),
        TicketTypeWrite(code="child", name={"en": "Child", "ro": "Copil"}, rule="child"),
        TicketTypeWrite(code="carer", name={"en": "Carer", "ro": "Însoțitor"}, rule="carer"),
    ]
