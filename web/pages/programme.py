"""The programme of a business day: the site's first page."""

import re
from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.languages import language_of
from web.parts import parts_of
from web.programmes import Seen
from web.rendering import page
from web.showings import business_day, is_evening, shown_day
from web.visitors import glimpse

_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def routes() -> list[Route]:
    """Return the address of the programme."""
    return [Route("/{language:language}", show)]


async def show(request: Request) -> Response:
    """Show the day of the address; without one today, or tomorrow when today is over."""
    await glimpse(request)
    asked = request.query_params.get("day")
    day = _day(asked)
    programmes, language = parts_of(request).programmes, language_of(request)
    seen = await programmes.read(day, language)
    if asked is None and not shown_day(seen.programme, datetime.now(UTC)).coming:
        following = next((day for day in seen.programme.days if day > seen.programme.day), None)
        if following is not None:
            seen = await programmes.read(following, language)
    return _page(request, seen, is_malformed=bool(asked) and day is None)


def _page(request: Request, seen: Seen, *, is_malformed: bool) -> Response:
    programme, now = seen.programme, datetime.now(UTC)
    cinema = programme.cinema
    today = business_day(cinema, now)
    shown = shown_day(programme, now)
    response = page(
        request,
        "programme.html",
        status=404 if is_malformed else 503 if seen.is_old else 200,
        cinema=cinema,
        day=programme.day,
        today=today,
        days=[today, *(day for day in programme.days if day > today)],
        next_day=next((day for day in programme.days if day > max(today, programme.day)), None),
        is_evening=is_evening(cinema, now),
        is_malformed=is_malformed,
        is_moved_on="day" not in request.query_params and programme.day != today,
        old_since=seen.at if seen.is_old else None,
        shown=shown,
    )
    if seen.is_old:
        response.headers["Retry-After"] = "5"
        response.headers["Cache-Control"] = "no-store"
    return response


def _day(asked: str | None) -> date | None:
    # "20261124" and week dates are ISO as well, but would be other addresses of the same day.
    if not asked or not _DAY.match(asked):
        return None
    try:
        return date.fromisoformat(asked)
    except ValueError:
        return None
