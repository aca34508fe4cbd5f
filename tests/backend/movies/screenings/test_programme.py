"""The programme: a business day in two languages, its films, prices, and the seats left."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from psycopg.errors import ForeignKeyViolation

from backend.contracts.catalogue import Programme, RoomWrite, ScreeningRead, ScreeningWrite
from backend.contracts.problems_catalogue import ScreeningOverlap
from backend.contracts.problems_orders import SaleClosed
from backend.contracts.schema import Language
from backend.movies.films import repository as films
from backend.movies.films.posters import checked
from backend.movies.rooms import repository as rooms
from backend.movies.screenings import service
from tests.backend.movies.catalogue import FILM, SVG, Write, screening_body, send
from tests.backend.movies.rig import Rig
from tests.support.cinema import layout, small_cinema
from tests.support.keys import person_token

pytestmark = pytest.mark.integration
BUCHAREST = ZoneInfo("Europe/Bucharest")


async def schedule(rig: Rig, starts_at: datetime | str, **change: object) -> UUID:
    body = ScreeningWrite.model_validate(screening_body(rig, starts_at=str(starts_at)) | change)
    async with rig.parts.database.transaction() as connection:
        return await service.make(connection, rig.cinema.cinema, body)


def shown(programme: Programme) -> list[ScreeningRead]:
    return [one for film in programme.films for one in film.screenings]


async def test_film_speaks_the_language_that_is_asked_for(rig: Rig):
    await rig.run("UPDATE film SET title = %s", '{"en": "The Shadow", "ro": "Umbra"}')

    wanted: tuple[tuple[Language, str, str], ...] = (
        ("en", "The Shadow", "A shadow."),
        ("ro", "Umbra", "O umbră."),
    )
    for language, title, synopsis in wanted:
        page = await rig.client.film("mesh", "nosferatu", language)
        detail = await rig.client.screening(rig.cinema.screening, language)
        day = detail.screening.business_day
        programme = await rig.client.programme("mesh", day, language)
        every = await rig.client.films("mesh", language)
        for film in (programme.films[0].film, page.film, detail.film, every.films[0]):
            assert (film.title, film.synopsis) == (title, synopsis)
    answer = await rig.http.get("/cinemas/mesh/programme?language=fr")
    assert (answer.status_code, answer.json()["error"]) == (422, "Malformed")


async def test_detail_names_ticket_types_with_price_and_fee(rig: Rig):
    detail = await rig.client.screening(rig.cinema.screening, "ro")

    kinds = ["companion", "standard", "wheelchair"]
    assert [(one.code, one.name) for one in detail.ticket_types] == [
        ("adult", "Adult"),
        ("carer", "Însoțitor"),
        ("child", "Copil"),
    ]
    carer = detail.ticket_types[1]
    assert carer.prices == dict.fromkeys(kinds, 0)
    assert carer.fees == dict.fromkeys(kinds, 0)
    assert detail.ticket_types[0].fees == dict.fromkeys(kinds, 150)
    assert [seat.seat for seat in detail.layout] == list(range(1, 61))
    assert (detail.tax_rate_bp, detail.screening.from_price_minor) == (1100, 3350)


async def test_show_after_midnight_is_of_the_evening_before(rig: Rig):
    late = await schedule(rig, "2083-05-08T00:15")
    early = await schedule(rig, "2083-05-08T10:00")

    friday = await rig.client.programme("mesh", date(2083, 5, 7), "en")
    saturday = await rig.client.programme("mesh", date(2083, 5, 8), "en")

    assert [one.id for one in shown(friday)] == [late]
    assert [one.id for one in shown(saturday)] == [early]
    at = shown(friday)[0].starts_at.astimezone(BUCHAREST)
    assert (at.hour, at.minute, at.day) == (0, 15, 8)
    assert {date(2083, 5, 7), date(2083, 5, 8)} <= set(friday.days)


async def test_show_in_the_hour_that_comes_twice_is_where_its_offset_says(rig: Rig):
    first = await schedule(rig, "2027-10-31T03:30+03:00", trailers_minutes=0)
    detail = await rig.client.screening(first, "en")

    assert detail.screening.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert detail.screening.ends_at - detail.screening.starts_at == timedelta(minutes=94)
    assert detail.screening.business_day == date(2027, 10, 30)


async def test_seats_left_are_counted_by_what_is_taken_now(rig: Rig):
    async def left() -> int:
        return (await rig.client.screening(rig.cinema.screening, "en")).screening.free

    assert await left() == 60
    over = await rig.hold([11, 12])
    await rig.paid([21, 22])
    assert await left() == 56
    await rig.age(over.id, timedelta(minutes=11))
    assert await left() == 58


async def test_sold_out_screening_says_so(rig: Rig):
    cashier = person_token("box_office")
    for first in range(1, 61, 10):
        order = await rig.hold(list(range(first, first + 10)), token=cashier)
        await rig.pay(order.id, cashier)

    detail = await rig.client.screening(rig.cinema.screening, "en")

    assert (detail.screening.free, detail.screening.is_on_sale) == (0, True)
    assert (await rig.client.best_seats(rig.cinema.screening, 1)).seats == []


async def test_drafts_and_cancelled_screenings_are_not_on(rig: Rig):
    draft = await schedule(rig, "2083-05-07T20:00", state="draft")
    gone = await schedule(rig, "2083-05-07T23:30")
    await rig.run("UPDATE screening SET state = 'cancelled' WHERE public_id = %s", gone)

    assert shown(await rig.client.programme("mesh", date(2083, 5, 7), "en")) == []
    assert (await rig.http.get(f"/screenings/{draft}")).status_code == 404
    assert (await rig.client.screening(gone, "en")).screening.is_on_sale is False


async def test_cinemas_keep_their_programmes_apart(rig: Rig):
    other = await small_cinema(rig.parts.database, "other")

    for slug, screening in (("mesh", rig.cinema.screening), ("other", other.screening)):
        page = await rig.client.film(slug, "nosferatu", "en")
        assert (page.cinema.slug, [one.id for one in page.screenings]) == (slug, [screening])
    assert [one.slug for one in (await rig.client.cinemas()).cinemas] == ["mesh", "other"]


async def test_closed_screening_is_shown_and_not_sold(rig: Rig):
    await rig.client.screening(rig.cinema.screening, "en")
    path = f"/cinemas/mesh/screenings/{rig.cinema.screening}/close"
    manager = person_token("manager")
    await send(rig, Write("POST", path, "catalogue.write", {}), manager, "close-it-1")

    page = await rig.client.film("mesh", "nosferatu", "en")

    assert [one.is_on_sale for one in page.screenings] == [False]
    with pytest.raises(SaleClosed):
        await rig.hold([11])


async def test_close_is_noted_in_the_log_of_the_seats(rig: Rig):
    await rig.hold([11])
    path = f"/cinemas/mesh/screenings/{rig.cinema.screening}/close"
    manager = person_token("manager")
    for key in ("close-it-1", "close-it-2"):
        await send(rig, Write("POST", path, "catalogue.write", {}), manager, key)

    row = await rig.row("SELECT closed_version FROM screening")

    held = await rig.row("SELECT max(version) AS version FROM seat_event")
    assert row["closed_version"] == held["version"] + 1


async def test_room_is_never_shown_in_twice_at_once(rig: Rig):
    starts = datetime(2083, 5, 7, 18, tzinfo=UTC)

    async def writer(minutes: int) -> str:
        try:
            await schedule(rig, (starts + timedelta(minutes=minutes)).isoformat())
        except ScreeningOverlap:
            return "refused"
        return "made"

    outcomes = Counter(await asyncio.gather(*(writer(5 * n) for n in range(24))))

    # A show takes 15 + 94 minutes and 15 of cleaning; the starts span 115 minutes: one fits.
    assert outcomes == {"made": 1, "refused": 23}


async def test_cleaning_keeps_the_next_show_away(rig: Rig):
    starts = datetime(2083, 5, 7, 18, tzinfo=UTC)
    await schedule(rig, starts.isoformat())

    with pytest.raises(ScreeningOverlap):
        await schedule(rig, (starts + timedelta(minutes=123)).isoformat())
    assert await schedule(rig, (starts + timedelta(minutes=124)).isoformat())
    await rig.run("UPDATE screening SET state = 'cancelled' WHERE starts_at = %s", starts)
    assert await schedule(rig, starts.isoformat(), trailers_minutes=0)


async def test_new_layout_leaves_the_screenings_of_the_old_one(rig: Rig):
    order = await rig.hold([55])
    async with rig.parts.database.transaction() as connection:
        key = await rooms.save(
            connection, rig.cinema.cinema.id, RoomWrite(name="Room 1", seats=layout(3))
        )
        room = rooms.room_read(await rooms.find_by_key(connection, key))
    later = await schedule(rig, "2083-05-07T20:00")

    assert (room.id, room.layout_version, room.capacity) == (rig.cinema.room, 2, 30)
    assert len((await rig.client.screening(rig.cinema.screening, "en")).layout) == 60
    assert len((await rig.client.screening(later, "en")).layout) == 30
    assert await rig.claims(order.id) == [(55, "HELD")]


async def test_claim_cannot_name_a_seat_of_another_layout(rig: Rig):
    order = await rig.hold([55])

    with pytest.raises(ForeignKeyViolation):
        await rig.run("UPDATE seat_claim SET seat_id = 61 WHERE order_id = %s", order.id)
    with pytest.raises(ForeignKeyViolation):
        await rig.run("UPDATE seat_claim SET layout_id = layout_id + 1")


async def test_poster_is_served_so_that_it_can_do_no_harm(rig: Rig):
    async with rig.parts.database.transaction() as connection:
        await films.save_poster(connection, rig.cinema.film, checked(SVG, "image/svg+xml"))

    answer = await rig.http.get(f"/films/{rig.cinema.film}/poster")
    film = (await rig.client.films("mesh", "en")).films[0]

    assert (answer.content, answer.headers["content-type"]) == (SVG, "image/svg+xml")
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert answer.headers["etag"] == f'"{film.poster_version}"'


async def test_saved_film_is_changed_in_place(rig: Rig):
    manager = person_token("manager")
    for year in (1927, 1926):
        write = Write("PUT", "/cinemas/mesh/films/metropolis", "", FILM | {"year": year})
        await send(rig, write, manager, uuid4().hex)

    found = [film for film in (await rig.client.films("mesh", "en")).films if film.year < 1930]
    assert sorted(film.year for film in found) == [1922, 1926]
