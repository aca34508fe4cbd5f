"""A cinema is furnished once: a second start looks, and changes nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.movies.films.posters import checked
from backend.onebox.demo.films import films
from backend.onebox.demo.furnishing import ZONE, business_day
from backend.onebox.demo.prices import TICKET_TYPES
from backend.onebox.demo.programme import plan
from backend.onebox.demo.rooms import rooms
from brand.posters.wall import POSTERS
from tests.backend.onebox.demo.rig import Rig

pytestmark = pytest.mark.integration

_DAYS = range(-3, 8)
_TABLES = (
    "cinema",
    "film",
    "film_poster",
    "room",
    "layout",
    "layout_seat",
    "ticket_type",
    "price_card",
    "price_card_version",
    "screening",
)


async def _everything(rig: Rig) -> dict[str, list[dict[str, Any]]]:
    return {table: await rig.rows("movies", f"TABLE {table}") for table in _TABLES}


async def test_furnishing_twice_makes_everything_once(rig: Rig):
    today = business_day(datetime.now(UTC))
    planned = {
        (showing.room, showing.starts_at)
        for ahead in _DAYS
        for showing in plan(today + timedelta(days=ahead), films(), rooms(), ZONE)
    }

    await rig.keeper.furnish()
    first = await _everything(rig)
    told = {what for what, _done, _total in rig.reports}
    rig.wires.sent.clear()
    rig.reports.clear()
    await rig.keeper.furnish()

    assert (told, rig.reports) == ({"films", "programme"}, [])
    assert await _everything(rig) == first
    assert rig.wires.changes() == {
        f"PUT /cinemas/mesh/ticket-types/{kind.code}" for kind in TICKET_TYPES
    }
    assert {name: len(first[name]) for name in ("cinema", "film", "film_poster", "room")} == {
        "cinema": 1,
        "film": 20,
        "film_poster": 20,
        "room": 4,
    }
    names = {room["id"]: room["name"] for room in first["room"]}
    made = {(names[row["room_id"]], row["starts_at"].astimezone(UTC)) for row in first["screening"]}
    assert made == planned
    await _check_sale_windows(rig)
    await _check_public_pages(rig)


async def _check_sale_windows(rig: Rig) -> None:
    """What is over is on sale for two hours; the rest until its latecomers have come."""
    rows = await rig.rows(
        "movies", "SELECT starts_at, sale_closes_at, made_at, state FROM screening"
    )
    for row in rows:
        latecomers = row["starts_at"] + timedelta(minutes=20)
        if latecomers <= row["made_at"] - timedelta(minutes=1):
            assert timedelta(hours=1.9) < row["sale_closes_at"] - row["made_at"]
            assert row["sale_closes_at"] - row["made_at"] <= timedelta(hours=2)
        elif latecomers > row["made_at"]:
            assert row["sale_closes_at"] == latecomers
    assert {row["state"] for row in rows} == {"on_sale"}


async def _check_public_pages(rig: Rig) -> None:
    english = await rig.movies.films("mesh", "en")
    assert {film.slug: film.title for film in english.films} == {
        film.slug: film.write.title["en"] for film in films()
    }
    metropolis = next(film for film in english.films if film.slug == "metropolis")
    poster = await rig.movies.poster(metropolis.id)
    assert poster.headers["content-type"] == "image/svg+xml"
    drawn = POSTERS["metropolis"]().encode()
    assert poster.content == drawn
    assert metropolis.poster_version == checked(drawn, "image/svg+xml").version


async def test_what_was_changed_in_the_table_is_saved_again(small: Rig):
    await small.rows(
        "movies", "UPDATE film SET certificate = '?' WHERE slug = 'haxan' RETURNING id"
    )
    small.wires.sent.clear()

    await small.keeper.furnish()

    assert [sent for sent in small.wires.changes() if "/films/" in sent] == [
        "PUT /cinemas/mesh/films/haxan"
    ]
    rows = await small.rows("movies", "SELECT certificate FROM film WHERE slug = 'haxan'")
    assert rows == [{"certificate": "N-15"}]


async def test_somebody_elses_screening_in_the_way_stays(small: Rig):
    await small.rows(
        "movies",
        "UPDATE screening SET starts_at = starts_at + interval '5 minutes'"
        " WHERE starts_at > clock_timestamp() RETURNING id",
    )
    before = await _everything(small)

    await small.keeper.furnish()

    assert await _everything(small) == before
