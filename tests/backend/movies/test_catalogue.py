"""Who may change the catalogue, from the table of permissions; and what bad input meets."""

from uuid import uuid4

import pytest

from backend.contracts.permissions import PERMISSIONS, Role
from tests.backend.movies.catalogue import (
    FILM,
    SVG,
    TYPE,
    Write,
    cinema_body,
    room_body,
    screening_body,
    send,
    writes,
)
from tests.backend.movies.rig import Rig
from tests.support.cinema import price_card, small_cinema
from tests.support.keys import guest_token, person_token, service_token

pytestmark = pytest.mark.integration


def token_of(role: Role, *, cinemas: tuple[str, ...] = ("mesh",)) -> str:
    if role is Role.GUEST:
        return guest_token()
    return service_token("auth") if role is Role.SERVICE else person_token(role, cinemas=cinemas)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "anonymous")
async def test_catalogue_is_written_by_whom_the_table_names(rig: Rig, role):
    outcomes = {}
    for name, write in writes(rig).items():
        answer = await send(rig, write, role and token_of(role), uuid4().hex)
        outcomes[name] = answer.status_code

    expected = {
        name: 401 if role is None else 200 if role in PERMISSIONS[write.operation] else 403
        for name, write in writes(rig).items()
    }
    assert outcomes == expected


async def test_manager_writes_at_their_own_cinema_and_admin_everywhere(rig: Rig):
    stranger = token_of(Role.MANAGER, cinemas=("other",))
    admin = token_of(Role.ADMIN, cinemas=())

    for name, write in writes(rig).items():
        assert (await send(rig, write, stranger, uuid4().hex)).status_code == 403, name
        assert (await send(rig, write, admin, uuid4().hex)).status_code == 200, name


async def test_each_write_needs_a_key_and_acts_once(rig: Rig):
    admin = token_of(Role.ADMIN)

    for name, write in writes(rig).items():
        without = await send(rig, write, admin, "")
        first = await send(rig, write, admin, f"key-of-{name.replace(' ', '-')}")
        again = await send(rig, write, admin, f"key-of-{name.replace(' ', '-')}")
        assert (without.status_code, without.json()["error"]) == (400, "IdempotencyKeyMissing")
        assert (first.status_code, first.content) == (200, again.content), name
        assert again.headers["idempotency-replayed"] == "true"
    assert len(await rig.rows("SELECT 1 FROM screening")) == 2


NUL = "a\x00b"


AT, HERE = "/cinemas/mesh", "catalogue.write"
Bad = dict[str, tuple[Write, str]]


def bad_writes(rig: Rig) -> Bad:
    """Return writes that must be refused with 422 or 409, by what is wrong, and their codes."""
    return bad_films() | bad_rooms() | bad_screenings(rig) | bad_prices() | bad_names(rig)


def bad_films() -> Bad:
    def film(**change):
        return Write("PUT", f"{AT}/films/metropolis", HERE, FILM | change)

    return {
        "film in one language": (film(title={"en": "Metropolis"}), "Malformed"),
        "film with a NUL": (film(original_title=NUL), "Malformed"),
        "film under another address": (film(slug="other"), "Malformed"),
        "film of no year": (film(year=999999), "Malformed"),
        "film with an unknown field": (film(price=1), "Malformed"),
    }


def bad_rooms() -> Bad:
    seats = room_body()["seats"]

    def room(change: dict):
        return Write("POST", f"{AT}/rooms", HERE, room_body() | {"seats": [seats[0] | change]})

    return {
        "room with a NUL": (room({"label": NUL}), "Malformed"),
        "room past the number of seats": (room({"seat": 40000}), "Malformed"),
        "room with a pair of nobody": (room({"pair": 99}), "LayoutWrong"),
        "room beyond all measure": (room({"x": 1e400}), "Malformed"),
    }


def bad_screenings(rig: Rig) -> Bad:
    def screening(**change):
        return Write("POST", f"{AT}/screenings", HERE, screening_body(rig, **change))

    return {
        "screening of another cinema's film": (screening(film_id=str(uuid4())), "FilmMissing"),
        "screening in no room": (screening(room_id=str(uuid4())), "RoomMissing"),
        "screening at no price": (screening(price_card_id=str(uuid4())), "PriceCardMissing"),
        "screening at the end of time": (screening(starts_at="9999-12-31T23:59"), "Malformed"),
        "screening before time": (screening(starts_at="0001-01-01T00:00+14:00"), "Malformed"),
        "screening in the gap": (screening(starts_at="2027-03-28T03:30"), "TimeMissing"),
        "screening in the hour twice": (screening(starts_at="2026-10-25T03:30"), "TimeTwice"),
    }


def bad_prices() -> Bad:
    card = price_card().model_dump(mode="json")

    def prices(**change):
        rules = [{"ticket_type": "adult", "price_minor": 3000} | change]
        return Write("POST", f"{AT}/price-cards", HERE, card | {"rules": rules})

    return {
        "price below a card's least": (prices(price_minor=10), "PriceTooLow"),
        "price below nothing": (prices(price_minor=-1), "Malformed"),
        "price beyond an order": (prices(price_minor=5_000_001), "Malformed"),
        "weekday that is none": (prices(weekdays=[7]), "Malformed"),
    }


def bad_names(rig: Rig) -> Bad:
    kind = f"{AT}/ticket-types/club"

    def cinema(**change):
        return Write("POST", "/cinemas", "cinemas.write", cinema_body() | change)

    return {
        "type under another address": (Write("PUT", kind, HERE, TYPE | {"code": "x"}), "Malformed"),
        "type past its number": (Write("PUT", kind, HERE, TYPE | {"position": 99999}), "Malformed"),
        "cinema in no zone": (cinema(zone="Mars/Olympus"), "ZoneUnknown"),
        "cinema in a zone that is a path": (cinema(zone="../../etc/passwd"), "ZoneUnknown"),
        "cinema without a currency": (cinema(currency="lei"), "Malformed"),
        "poster with a script": (
            Write(
                "PUT",
                f"/films/{rig.cinema.film}/poster",
                HERE,
                SVG.replace(b"<rect", b"<script/><rect"),
                "image/svg+xml",
            ),
            "PosterRefused",
        ),
    }


async def test_bad_write_is_named_and_changes_nothing(rig: Rig):
    admin, before = token_of(Role.ADMIN), await _counts(rig)

    codes = {}
    for name, (write, _) in bad_writes(rig).items():
        answer = await send(rig, write, admin, uuid4().hex)
        assert answer.status_code in {404, 409, 422}, (name, answer.text)
        codes[name] = answer.json()["error"]

    assert codes == {name: code for name, (_, code) in bad_writes(rig).items()}
    assert await _counts(rig) == before


async def _counts(rig: Rig) -> dict:
    tables = ("cinema", "film", "film_poster", "room", "layout", "ticket_type", "screening")
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in tables)
    return await rig.row(f"SELECT {counts}, (SELECT count(*) FROM price_card_version) AS prices")


@pytest.mark.parametrize(
    "path",
    [
        "/cinemas/nowhere/programme",
        "/cinemas/%00/programme",
        "/cinemas/nowhere",
        "/cinemas/%00/films",
        "/cinemas/mesh/films/nothing",
        "/cinemas/mesh/films/%00",
        "/screenings/00000000-0000-4000-8000-000000000000",
        "/films/00000000-0000-4000-8000-000000000000/poster",
    ],
)
async def test_what_is_not_there_is_missing_or_malformed(rig: Rig, path):
    answer = await rig.http.get(path)

    assert answer.status_code == (422 if "%00" in path else 404)
    assert answer.json()["detail"]


async def test_other_cinemas_room_film_and_prices_are_not_ours(rig: Rig):
    other = await small_cinema(rig.parts.database, "other")
    manager = token_of(Role.MANAGER)

    for field, value, code in (
        ("film_id", other.film, "FilmMissing"),
        ("room_id", other.room, "RoomMissing"),
        ("price_card_id", other.card, "PriceCardMissing"),
    ):
        body = screening_body(rig, **{field: str(value)})
        write = Write("POST", "/cinemas/mesh/screenings", "catalogue.write", body)
        answer = await send(rig, write, manager, uuid4().hex)
        assert (answer.status_code, answer.json()["error"]) == (404, code)
    close = f"/cinemas/mesh/screenings/{other.screening}/close"
    answer = await send(rig, Write("POST", close, "catalogue.write", {}), manager, uuid4().hex)
    assert (answer.status_code, answer.json()["error"]) == (404, "ScreeningMissing")
