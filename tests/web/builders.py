"""What the services of a small cinema would say; each builder has dull defaults."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from backend.contracts.catalogue import (
    CinemaRead,
    FilmPage,
    FilmRead,
    Programme,
    ProgrammeFilm,
    ScreeningRead,
    Seller,
)
from backend.contracts.orders import (
    LineState,
    OrderLineRead,
    OrderRead,
    OrderScreening,
    OrderState,
    SeatRead,
)
from backend.contracts.sessions import SessionRead
from web.showings import business_day

FILM = UUID("00000000-0000-7000-8000-0000000000f1")
ROOM = UUID("00000000-0000-7000-8000-0000000000a1")
CINEMA = UUID("00000000-0000-7000-8000-0000000000c1")
CSRF = "csrf-of-this-visit"
COOKIE = "mm_session=abc; Path=/; HttpOnly; SameSite=lax"


def now() -> datetime:
    return datetime.now(UTC)


def cinema() -> CinemaRead:
    return CinemaRead(
        id=CINEMA,
        slug="mesh",
        name="Cinema Mesh",
        zone="Europe/Bucharest",
        currency="RON",
        languages=["en", "ro"],
        seller=Seller(
            name="Mesh SRL", address="Strada Filmului 1", tax_id="RO1", email="a@mesh.example"
        ),
        day_change_hour=5,
    )


def film(**changes: Any) -> FilmRead:
    values: dict[str, Any] = {
        "id": FILM,
        "slug": "nosferatu",
        "title": "Nosferatu",
        "original_title": "Nosferatu, eine Symphonie des Grauens",
        "synopsis": "A shadow climbs the stairs.",
        "year": 1922,
        "runtime_minutes": 94,
        "certificate": "AP-12",
        "directors": ["F. W. Murnau"],
        "cast": ["Max Schreck"],
        "countries": ["DE"],
        "spoken_languages": ["zxx"],
        "genres": ["horror"],
        "poster_version": "0123456789abcdef",
    }
    return FilmRead(**{**values, **changes})


def screening(**changes: Any) -> ScreeningRead:
    starts_at = changes.pop("starts_at", now() + timedelta(hours=2))
    values: dict[str, Any] = {
        "id": uuid4(),
        "key": 1,
        "film_id": FILM,
        "room_id": ROOM,
        "room_name": "Room 1",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=109),
        "business_day": business_day(cinema(), starts_at),
        "format": "2D",
        "spoken_language": "zxx",
        "subtitles": "ro",
        "state": "on_sale",
        "is_on_sale": True,
        "capacity": 100,
        "free": 60,
        "from_price_minor": 3350,
        "currency": "RON",
    }
    return ScreeningRead(**{**values, **changes})


def programme(
    *screenings: ScreeningRead, day: date | None = None, shown: FilmRead | None = None
) -> Programme:
    """Return a day on which one film is shown, and the day after as one to choose."""
    today = business_day(cinema(), now())
    films = [ProgrammeFilm(film=shown or film(), screenings=list(screenings))] if screenings else []
    return Programme(
        cinema=cinema(),
        day=day or today,
        days=[today, today + timedelta(days=1)],
        films=films,
    )


def film_page(*screenings: ScreeningRead, shown: FilmRead | None = None) -> FilmPage:
    return FilmPage(cinema=cinema(), film=shown or film(), screenings=list(screenings))


def session(**changes: Any) -> SessionRead:
    values: dict[str, Any] = {
        "kind": "guest",
        "subject": "guest:1",
        "name": None,
        "email": None,
        "roles": ["guest"],
        "cinemas": [],
        "access_token": "token-of-the-guest",
        "csrf": CSRF,
        "set_cookie": COOKIE,
    }
    return SessionRead(**{**values, **changes})


def person(**changes: Any) -> SessionRead:
    return session(
        **{
            "kind": "person",
            "subject": "ana",
            "name": "Ana",
            "email": "ana@mesh.example",
            "roles": ["customer"],
            "access_token": "token-of-ana",
            "set_cookie": None,
            **changes,
        }
    )


def order(state: OrderState = OrderState.ISSUED, **changes: Any) -> OrderRead:
    starts_at = changes.pop("starts_at", now() + timedelta(days=1))
    title = changes.pop("title", "Nosferatu")
    values: dict[str, Any] = {
        "id": uuid4(),
        "reference": "7K2M-P9QX-4TBD",
        "state": state,
        "version": 1,
        "language": "en",
        "email": "ana@mesh.example",
        "currency": "RON",
        "total_minor": 3350,
        "fee_minor": 150,
        "tax_minor": 332,
        "lines": [_line()],
        "screening": OrderScreening(
            id=uuid4(),
            key=1,
            film_id=FILM,
            film_title=title,
            room_name="Room 1",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=109),
            zone="Europe/Bucharest",
            cinema_id=CINEMA,
            cinema_name="Cinema Mesh",
        ),
        "expires_in_s": None,
        "extensions_left": 2,
        "attempt": 1,
        "closing": False,
        "placed_at": now(),
        "paid_at": None,
    }
    return OrderRead(**{**values, **changes})


def _line() -> OrderLineRead:
    return OrderLineRead(
        line_no=1,
        seat=SeatRead(seat=35, row="D", label="5", kind="standard"),
        ticket_type="adult",
        ticket_type_name="Adult",
        price_minor=3200,
        fee_minor=150,
        gross_minor=3350,
        tax_rate_bp=1100,
        tax_minor=332,
        state=LineState.LIVE,
    )
