"""Screenings: made by staff, and shown with all that choosing seats needs."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.contracts.catalogue import (
    CinemaRead,
    FilmPage,
    FilmRead,
    ScreeningDetail,
    ScreeningRead,
    ScreeningWrite,
    TicketTypeRead,
)
from backend.contracts.problems_catalogue import FilmMissing, PriceCardMissing, RoomMissing
from backend.kit.database import Connection
from backend.movies.cinemas import repository as cinemas
from backend.movies.films import repository as films
from backend.movies.orders.offers import Offer
from backend.movies.parts import Parts
from backend.movies.prices import repository as prices
from backend.movies.rooms import repository as rooms
from backend.movies.screenings import repository, rules
from backend.movies.screenings.planning import screening_read


async def make(connection: Connection, cinema: CinemaRead, body: ScreeningWrite) -> UUID:
    """Schedule a screening; its end is the start plus trailers and film."""
    film = await films.find(connection, body.film_id)
    room = await rooms.find(connection, body.room_id)
    card = await prices.find_card(connection, body.price_card_id)
    for thing, problem in ((film, FilmMissing), (room, RoomMissing), (card, PriceCardMissing)):
        if thing["cinema_id"] != cinema.id:
            raise problem
    starts = rules.starts_at(body.starts_at, cinema.zone)
    ends = starts + timedelta(minutes=body.trailers_minutes + film["runtime_minutes"])
    return await repository.make(
        connection,
        {
            "cinema_id": cinema.id,
            "film_id": body.film_id,
            "room_id": room["id"],
            "layout_id": room["layout_id"],
            "cleaning_minutes": room["cleaning_minutes"],
            "price_card_id": body.price_card_id,
            "starts_at": starts,
            "ends_at": ends,
            "business_day": rules.business_day(starts, cinema.zone, cinema.day_change_hour),
            "format": body.format,
            "spoken_language": body.spoken_language,
            "subtitles": body.subtitles,
            "trailers_minutes": body.trailers_minutes,
            "state": body.state,
            "sale_opens_at": body.sale_opens_at,
            # Latecomers still buy during the trailers and a little into the film.
            "sale_closes_at": body.sale_closes_at or starts + timedelta(minutes=20),
        },
    )


async def film_page(parts: Parts, cinema_slug: str, slug: str, language: str) -> FilmPage:
    """Return a film and its coming screenings."""
    async with parts.database.connection() as connection:
        cinema = await cinemas.find(connection, cinema_slug)
        film = await films.find_by_slug(connection, cinema.id, slug)
        rows = await repository.find_of_film(connection, film["id"])
        screenings = await _rendered(connection, rows)
    return FilmPage(cinema=cinema, film=films.film_read(film, language), screenings=screenings)


async def detail(parts: Parts, public_id: UUID, language: str) -> ScreeningDetail:
    """Return all that choosing seats needs."""
    offer = await parts.offers.get(public_id)
    async with parts.database.connection() as connection:
        row = await repository.find(connection, public_id)
        screening = (await _rendered(connection, [row]))[0]
        film = films.film_read(await films.find(connection, row["film_id"]), language)
        cinema = await cinemas.find_by_id(connection, offer.cinema_id)
        types = await prices.find_ticket_types(connection, offer.cinema_id)
    return _detail(offer, screening, film, cinema=cinema, types=types, language=language)


def _detail(
    offer: Offer,
    screening: ScreeningRead,
    film: FilmRead,
    *,
    cinema: CinemaRead,
    types: Sequence[dict[str, Any]],
    language: str,
) -> ScreeningDetail:
    kinds = sorted({seat.kind for seat in offer.layout})
    offered = []
    for row in types:
        quotes = {
            kind: price
            for kind in kinds
            if (price := offer.card.price(row["code"], kind, offer.showing)) is not None
        }
        if quotes:
            offered.append(
                TicketTypeRead(
                    code=row["code"],
                    name=row["name"][language],
                    note=row["note"].get(language, ""),
                    rule=row["rule"],
                    prices={kind: price.price_minor for kind, price in quotes.items()},
                    fees={kind: price.fee_minor for kind, price in quotes.items()},
                )
            )
    return ScreeningDetail(
        screening=screening,
        film=film,
        cinema=cinema,
        layout=list(offer.layout),
        ticket_types=offered,
        tax_rate_bp=offer.card.tax_rate_bp,
    )


async def _rendered(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[ScreeningRead]:
    taken = await repository.count_taken(connection, [row["id"] for row in rows])
    return [screening_read(row, taken.get(row["id"], 0)) for row in rows]
