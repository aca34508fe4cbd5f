"""Whatever goes wrong, as a page: what happened, what to do, a way on, and a small trace id."""

from dataclasses import dataclass

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.contracts.problems import (
    BadRequest,
    Denied,
    Internal,
    Malformed,
    Missing,
    NotAllowed,
    Problem,
    TooLarge,
    Unavailable,
)
from backend.kit.errors import answer
from backend.kit.logs import logger
from brand.texts import Texts, texts
from web.languages import language_of
from web.rendering import page

_log = logger(__name__)
_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    403: Denied,
    404: Missing,
    405: NotAllowed,
    413: TooLarge,
    422: Malformed,
    503: Unavailable,
}
# How a page about a status looks and reads; any other status is drawn as its hundred.
_KINDS = {401: "unsigned", 403: "denied", 404: "missing", 410: "gone", 429: "wait", 503: "down"}
_FOR_PROGRAMS = ("/live/", "/health/", "/static/", "/posters/", "/metrics")


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A problem in words: the sentence is the problem's own text, else the service's sentence."""

    code: str
    status: int
    kind: str
    sentence: str


def view_of(problem: Problem, t: Texts) -> ProblemView:
    """Return a problem as a person reads it."""
    key = f"problems.{problem.code}"
    kind = _KINDS.get(problem.status) or ("broken" if problem.status >= 500 else "refused")
    return ProblemView(
        problem.code, problem.status, kind, t(key) if t.has(key) else problem.sentence
    )


def problem_page(request: Request, problem: Problem) -> Response:
    """Show a problem; streams and files get it as JSON."""
    if request.url.path.startswith(_FOR_PROGRAMS):
        return answer(problem)
    view = view_of(problem, texts(language_of(request)))
    response = page(request, "problem.html", status=problem.status, problem=view)
    response.headers["Cache-Control"] = "no-store"
    if problem.status in {429, 503}:
        wait_s = problem.facts.get("retry_after_s", 5)
        response.headers["Retry-After"] = str(max(1, round(wait_s)))
    return response


async def on_problem(request: Request, error: Exception) -> Response:
    """Show what a service or a page refused."""
    return problem_page(request, error if isinstance(error, Problem) else Internal())


async def on_http(request: Request, error: Exception) -> Response:
    """Show what the router refused."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = problem_page(request, _BY_STATUS.get(status, Internal)())
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def on_malformed(request: Request, _error: Exception) -> Response:
    """Show that a form or an address was of the wrong shape."""
    return problem_page(request, Malformed())


HANDLERS = {Problem: on_problem, HTTPException: on_http, ValidationError: on_malformed}


class LastGuard:
    """Shows a page for whatever nobody expected; the log gets the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        # The request's guard, as in the kit's border, which would answer JSON to a person.
        except Exception:
            if has_begun:
                raise
            _log.exception("request failed", path=scope["path"])
            await problem_page(Request(scope), Internal())(scope, receive, send)
