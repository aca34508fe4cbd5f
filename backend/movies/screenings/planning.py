"""The programme: what is on, when, from which price, and how many seats are left."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.contracts.catalogue import PriceRule, Programme, ProgrammeFilm, ScreeningRead
from backend.kit.database import Connection
from backend.movies.cinemas import repository as cinemas
from backend.movies.films import repository as films
from backend.movies.prices.rules import PriceCard, Showing
from backend.movies.screenings import repository, rules


@dataclass(frozen=True, slots=True)
class Planned:
    """A programme as if every seat were free, and the next instant at which it changes by itself.

    `keys` are its screenings in the programme's order, `at` is the database's time of asking.
    """

    programme: Programme
    keys: list[int]
    at: datetime
    changes_at: datetime


async def planned(connection: Connection, slug: str, day: date | None, language: str) -> Planned:
    """Read a business day; without a day, today's; raises CinemaMissing."""
    cinema = await cinemas.find(connection, slug)
    now = await repository.now(connection)
    today = rules.business_day(now, cinema.zone, cinema.day_change_hour)
    days = await repository.find_days(connection, cinema.id, today)
    shown = day or today
    known = {row["id"]: row for row in await films.find_all(connection, cinema.id)}
    found = await repository.find_of_day(connection, cinema.id, shown)
    rows = [row for row in found if row["film_id"] in known]
    by_film: dict[UUID, list[ScreeningRead]] = {}
    for row in rows:
        by_film.setdefault(row["film_id"], []).append(screening_read(row, 0))
    programme = Programme(
        cinema=cinema,
        day=shown,
        days=days,
        films=[
            ProgrammeFilm(film=films.film_read(known[film_id], language), screenings=shows)
            for film_id, shows in by_film.items()
        ],
    )
    day_ends_at = rules.day_ends_at(today, cinema.zone, cinema.day_change_hour)
    turns = [row[name] for row in rows for name in ("sale_opens_at", "sale_closes_at")]
    return Planned(
        programme,
        [show.key for shows in by_film.values() for show in shows],
        now,
        min([turn for turn in [*turns, day_ends_at] if turn > now]),
    )


def screening_read(row: dict[str, Any], taken: int) -> ScreeningRead:
    """Render a screening of the repository."""
    return ScreeningRead(
        id=row["public_id"],
        key=row["id"],
        film_id=row["film_id"],
        room_id=row["room_public_id"],
        room_name=row["room_name"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        business_day=row["business_day"],
        format=row["format"],
        spoken_language=row["spoken_language"],
        subtitles=row["subtitles"],
        state=row["state"],
        is_on_sale=row["is_on_sale"],
        capacity=row["capacity"],
        free=max(0, row["capacity"] - taken),
        from_price_minor=_from_price(row),
        currency=row["currency"],
        sale_opens_at=row["sale_opens_at"],
    )


def _from_price(row: dict[str, Any]) -> int:
    """Return what an adult pays at least, fee included."""
    local = row["starts_at"].astimezone(ZoneInfo(row["zone"]))
    card = PriceCard(
        version_id=row["price_version"],
        rules=tuple(PriceRule.model_validate(rule) for rule in row["rules"]),
        fee_minor=row["fee_minor"],
        tax_rate_bp=row["tax_rate_bp"],
    )
    showing = Showing(row["business_day"].weekday(), local.hour * 60 + local.minute, row["format"])
    price = card.price("adult", "standard", showing)
    if price is not None:
        return price.gross_minor
    return min((rule.price_minor for rule in card.rules), default=0)
