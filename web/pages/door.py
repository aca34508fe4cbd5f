"""The door: scan tickets with a scanner that types, or paste a code; plain and fast."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.contracts.catalogue import Programme, ScreeningRead
from backend.contracts.permissions import PERMISSIONS
from backend.contracts.problems import Denied, Problem, TooMany, Unavailable, Unsigned
from backend.contracts.tickets import AdmissionCounts, AdmissionCreate, AdmissionRead, Door
from web.forms import intent_key, posted
from web.languages import language_of
from web.parts import parts_of
from web.purchase.scans import Scan, code_in, look_of, scan_of, scans_of
from web.rendering import page
from web.visitors import Visitor, visitor_of

_EARLY = timedelta(minutes=45)
_DOOR = TypeAdapter(Door)
_MOST_SCREENINGS = 50
_KEY = re.compile(r"^[1-9][0-9]{0,17}$")


@dataclass(frozen=True, slots=True)
class Shown:
    """A screening of the day with its film; `is_now` from before its start to its end."""

    screening: ScreeningRead
    film_title: str
    is_now: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody stands: the door's name and the screenings that it lets in."""

    door: str
    keys: tuple[int, ...]


def routes() -> list[Route]:
    """Return the addresses of this module."""
    address = "/{language:language}/door"
    return [
        Route(address, show, methods=["GET"]),
        Route(address, scan, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """Ask where the door is, or wait for its first scan."""
    visitor = await _steward(request)
    programme = await _programme(request)
    post = _post_of(request)
    if post is None:
        return page(
            request,
            "door_setup.html",
            programme=programme,
            screenings=[each for each in _screenings(programme) if not each.is_over],
            door=request.query_params.get("door", ""),
            is_asked="door" in request.query_params,
        )
    return await _shown(request, visitor, programme, post=post)


async def scan(request: Request) -> Response:
    """Send a scan and show the answer."""
    form = await posted(request)
    visitor = await _steward(request)
    programme = await _programme(request)
    post, past = _post_of(request), scans_of([str(each) for each in form.getlist("past")])
    code = code_in(str(form.get("code", "")))
    if post is None or not code:
        return await show(request)
    try:
        answer = await parts_of(request).tickets.admit(
            AdmissionCreate(
                code=code[:4096],
                door=post.door,
                cinema_id=programme.cinema.id,
                screening_keys=list(post.keys),
            ),
            token=visitor.token,
            key=intent_key(form),
        )
    except (Unavailable, TooMany) as problem:
        return await _shown(request, visitor, programme, post=post, past=past, problem=problem)
    newest = scan_of(answer, at=datetime.now(UTC), zone=programme.cinema.zone)
    return await _shown(request, visitor, programme, post=post, past=[newest, *past], answer=answer)


async def _shown(
    request: Request,
    visitor: Visitor,
    programme: Programme,
    *,
    post: Post,
    past: Sequence[Scan] = (),
    answer: AdmissionRead | None = None,
    problem: Problem | None = None,
) -> Response:
    chosen = [each for each in _screenings(programme) if each.screening.key in post.keys]
    counts = await asyncio.gather(*(_counts(request, visitor, key) for key in post.keys))
    return page(
        request,
        "door.html",
        status=HTTPStatus.OK if problem is None else problem.status,
        post=post,
        zone=programme.cinema.zone,
        screenings=chosen,
        counts={count.screening_key: count for count in counts if count is not None},
        past=past,
        answer=answer,
        look=look_of(answer.outcome) if answer is not None else None,
        problem=problem,
        action=f"{request.url.path}?{request.url.query}",
    )


async def _programme(request: Request) -> Programme:
    """Return today's programme; once its last screening is over, as at night, the next one."""
    parts, language = parts_of(request), language_of(request)
    today = await parts.movies.programme(parts.settings.cinema, None, language)
    following = next((day for day in today.days if day > today.day), None)
    if following is None or any(not each.is_over for each in _screenings(today)):
        return today
    return await parts.movies.programme(parts.settings.cinema, following, language)


async def _counts(request: Request, visitor: Visitor, key: int) -> AdmissionCounts | None:
    """Return how many came in; a count that cannot be had must not stop the door."""
    try:
        return await parts_of(request).tickets.admissions(key, token=visitor.token)
    except Problem:
        return None


async def _steward(request: Request) -> Visitor:
    """Return the visitor if they may admit; a guest is asked to sign in."""
    visitor = await visitor_of(request)
    if not visitor.is_signed_in:
        raise Unsigned
    if not visitor.has_role(*PERMISSIONS["admissions.create"]):
        raise Denied
    return visitor


def _post_of(request: Request) -> Post | None:
    """Return where somebody stands, or None while that is not said."""
    keys = tuple(
        int(key)
        for key in request.query_params.getlist("screening")[:_MOST_SCREENINGS]
        if _KEY.match(key)
    )
    try:
        door = _DOOR.validate_python(request.query_params.get("door", ""))
    except ValidationError:
        return None
    return Post(door, keys) if keys else None


def _screenings(programme: Programme) -> list[Shown]:
    now = datetime.now(UTC)
    shown = [
        Shown(
            screening,
            each.film.title,
            is_now=screening.starts_at - _EARLY <= now <= screening.ends_at,
            is_over=screening.ends_at < now,
        )
        for each in programme.films
        for screening in each.screenings
        if screening.state != "cancelled"
    ]
    return sorted(shown, key=lambda each: (each.screening.starts_at, each.screening.room_name))
