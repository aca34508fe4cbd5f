"""What staff write: one good body for each operation of the catalogue."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.backend.movies.rig import Rig
from tests.support.cinema import SELLER, layout, price_card

FILM = {
    "slug": "metropolis",
    "title": {"en": "Metropolis", "ro": "Metropolis"},
    "original_title": "Metropolis",
    "synopsis": {"en": "A city.", "ro": "Un oraș."},
    "year": 1927,
    "runtime_minutes": 153,
    "certificate": "AG",
    "directors": ["Fritz Lang"],
    "countries": ["DE"],
    "spoken_languages": ["zxx"],
}
TYPE = {"code": "club", "name": {"en": "Club", "ro": "Club"}}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="2" height="3"/></svg>'


@dataclass(frozen=True)
class Write:
    """A request that changes the catalogue, and what opens it."""

    method: str
    path: str
    operation: str
    body: dict[str, Any] | bytes
    media_type: str = "application/json"


def cinema_body(slug: str = "third") -> dict[str, Any]:
    return {
        "slug": slug,
        "name": "Third",
        "zone": "Europe/Bucharest",
        "currency": "RON",
        "languages": ["en", "ro"],
        "seller": SELLER.model_dump(),
    }


def room_body(name: str = "Room 9") -> dict[str, Any]:
    return {"name": name, "seats": [seat.model_dump(mode="json") for seat in layout(2)]}


def screening_body(rig: Rig, **change: Any) -> dict[str, Any]:
    starts_at = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    return {
        "film_id": str(rig.cinema.film),
        "room_id": str(rig.cinema.room),
        "price_card_id": str(rig.cinema.card),
        "starts_at": starts_at.isoformat(),
    } | change


def writes(rig: Rig) -> dict[str, Write]:
    """Return every operation that changes the catalogue of the rig's cinema."""
    at = "/cinemas/mesh"
    here, screening = "catalogue.write", rig.cinema.screening
    card = price_card().model_dump(mode="json")
    return {
        "cinema": Write("POST", "/cinemas", "cinemas.write", cinema_body()),
        "film": Write("PUT", f"{at}/films/metropolis", here, FILM),
        "poster": Write("PUT", f"/films/{rig.cinema.film}/poster", here, SVG, "image/svg+xml"),
        "room": Write("POST", f"{at}/rooms", here, room_body()),
        "ticket type": Write("PUT", f"{at}/ticket-types/club", here, TYPE),
        "price card": Write("POST", f"{at}/price-cards", here, card | {"name": "New"}),
        "screening": Write("POST", f"{at}/screenings", here, screening_body(rig)),
        "close": Write("POST", f"{at}/screenings/{screening}/close", here, {}),
    }


async def send(rig: Rig, write: Write, token: str | None, key: str):
    """Send a write as it is."""
    headers = {"idempotency-key": key, "content-type": write.media_type}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    body = write.body
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await rig.http.request(write.method, write.path, content=content, headers=headers)
