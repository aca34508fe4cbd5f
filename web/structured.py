"""What search engines read of a film: schema.org's Movie and its ScreeningEvents (JSON-LD)."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from backend.contracts.catalogue import FilmPage
from web.showings import Showing

_SCHEMA = "https://schema.org"
_AVAILABLE = {"plenty": "InStock", "few": "LimitedAvailability", "not_open": "PreOrder"}


def film_data(page: FilmPage, showings: Iterable[Showing], public_url: str, language: str) -> Any:
    """Return the graph of a film's page; its text stands in the page, so nothing new is claimed."""
    address = f"{public_url}/{language}/films/{page.film.slug}"
    movie = _movie(page, address, public_url)
    events = [
        _event(page, shown, f"{address}#movie", f"{public_url}/{language}") for shown in showings
    ]
    return {"@context": _SCHEMA, "@graph": [movie, *events]}


def _movie(page: FilmPage, address: str, public_url: str) -> dict[str, Any]:
    film = page.film
    movie: dict[str, Any] = {
        "@type": "Movie",
        "@id": f"{address}#movie",
        "url": address,
        "name": film.title,
        "alternateName": film.original_title,
        "description": film.synopsis,
        "dateCreated": str(film.year),
        "duration": f"PT{film.runtime_minutes}M",
        "contentRating": film.certificate,
        "genre": film.genres,
        "director": [{"@type": "Person", "name": name} for name in film.directors],
        "actor": [{"@type": "Person", "name": name} for name in film.cast],
        "countryOfOrigin": [{"@type": "Country", "name": code} for code in film.countries],
    }
    if film.poster_version:
        movie["image"] = f"{public_url}/posters/{film.id}/{film.poster_version}"
    return movie


def _event(page: FilmPage, shown: Showing, movie_id: str, home: str) -> dict[str, Any]:
    screening, zone = shown.screening, ZoneInfo(page.cinema.zone)
    return {
        "@type": "ScreeningEvent",
        "name": page.film.title,
        "startDate": screening.starts_at.astimezone(zone).isoformat(),
        "endDate": screening.ends_at.astimezone(zone).isoformat(),
        "videoFormat": screening.format,
        "workPresented": {"@id": movie_id},
        "location": {
            "@type": "MovieTheater",
            "name": f"{page.cinema.name}, {screening.room_name}",
            "address": page.cinema.seller.address,
        },
        "offers": {
            "@type": "Offer",
            "url": f"{home}/screenings/{screening.id}",
            "price": f"{screening.from_price_minor / 100:.2f}",
            "priceCurrency": screening.currency,
            "availability": f"{_SCHEMA}/{_AVAILABLE.get(shown.standing, 'SoldOut')}",
        },
    }
