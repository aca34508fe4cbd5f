"""A film's own page: its poster, its facts and when it is shown."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.contracts.problems_catalogue import FilmMissing
from web.languages import language_of
from web.parts import parts_of
from web.rendering import page
from web.showings import business_day, by_day, is_evening
from web.structured import film_data
from web.visitors import glimpse

_LONGEST_SLUG = 80


def routes() -> list[Route]:
    """Return the address of a film."""
    return [Route("/{language:language}/films/{slug}", show)]


async def show(request: Request) -> Response:
    """Show a film; raises FilmMissing."""
    parts, language, now = parts_of(request), language_of(request), datetime.now(UTC)
    slug = request.path_params["slug"]
    if len(slug) > _LONGEST_SLUG or not slug.replace("-", "").isalnum() or not slug.isascii():
        raise FilmMissing
    await glimpse(request)
    found = await parts.movies.film(parts.settings.cinema, slug, language)
    parts.house.told(found.cinema)
    days = by_day(found.screenings, now)
    return page(
        request,
        "film.html",
        cinema=found.cinema,
        film=found.film,
        days=days,
        today=business_day(found.cinema, now),
        is_evening=is_evening(found.cinema, now),
        structured=film_data(
            found,
            [showing for _, showings in days for showing in showings],
            parts.settings.public_url,
            language,
        ),
    )
