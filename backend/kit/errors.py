"""The one place where problems become answers: `{"error": code, "detail": sentence, …}`."""

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backend.contracts.problems import (
    BadRequest,
    Internal,
    Malformed,
    Missing,
    NotAllowed,
    Problem,
    Refused,
    TooLarge,
    Unavailable,
    Unsigned,
    UnsupportedMedia,
)
from backend.kit import trace
from backend.kit.logs import logger

_log = logger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]
_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    404: Missing,
    405: NotAllowed,
    413: TooLarge,
    415: UnsupportedMedia,
    503: Unavailable,
}


def answer(problem: Problem) -> Response:
    """Render a problem; `retry_after_s` among its facts becomes the Retry-After header."""
    body: dict[str, Any] = {
        "error": problem.code,
        "detail": problem.sentence,
        "trace_id": trace.current(),
        **problem.facts,
    }
    headers = {"Cache-Control": "no-store"}
    if "retry_after_s" in problem.facts:
        headers["Retry-After"] = str(max(1, round(problem.facts["retry_after_s"])))
    elif problem.status == Unavailable.status:
        headers["Retry-After"] = "2"
    if problem.status == Unsigned.status:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        to_json(body), status_code=problem.status, headers=headers, media_type="application/json"
    )


def malformed(errors: list[Any]) -> Malformed:
    """Turn pydantic's errors into one problem that names each field, never its content."""
    return Malformed(
        fields=[
            {"field": ".".join(str(part) for part in error["loc"]), "problem": _told(error)}
            for error in errors[:20]
        ]
    )


def _told(error: dict[str, Any]) -> str:
    # A pattern says nothing to people: it is in the contract, for programs.
    is_pattern = error["type"] == "string_pattern_mismatch"
    return "This is not of the form that belongs here" if is_pattern else str(error["msg"])


def install(app: FastAPI) -> None:
    """Give an application the handlers for all that can be raised."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def rendered(request: Request, error: Exception) -> Response | None:
    """Answer what an endpoint raised, as an application with our handlers does; None: a bug."""
    for kind in type(error).__mro__:
        if kind in _HANDLERS:
            return await _HANDLERS[kind](request, error)
    return None


async def _on_problem(_request: Request, error: Exception) -> Response:
    return answer(error if isinstance(error, Problem) else Internal())


async def _on_malformed(_request: Request, error: Exception) -> Response:
    if isinstance(error, RequestValidationError):
        return answer(malformed(list(error.errors())))
    return answer(Internal())


async def _on_http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return answer(Internal())
    response = answer(_BY_STATUS.get(error.status_code, Internal)())
    response.headers.update(error.headers or {})
    return response


async def _on_database(_request: Request, error: Exception) -> Response:
    _log.warning("database", error=repr(error))
    return answer(Unavailable())


async def _on_conflict(_request: Request, error: Exception) -> Response:
    # The message itself quotes the row, which may hold somebody's address.
    constraint = error.diag.constraint_name if isinstance(error, psycopg.Error) else None
    _log.warning("constraint", constraint=constraint)
    return answer(Refused("This conflicts with what is there already. Look again first."))


async def _on_unfit(_request: Request, error: Exception) -> Response:
    # PostgreSQL cannot keep it: a NUL in a text, a number or date out of its range.
    _log.warning("value unfit", error=type(error).__name__)
    return answer(Malformed())


_HANDLERS: dict[type[Exception], Handler] = {
    Problem: _on_problem,
    RequestValidationError: _on_malformed,
    HTTPException: _on_http,
    psycopg.errors.IntegrityError: _on_conflict,
    psycopg.DataError: _on_unfit,
    psycopg.OperationalError: _on_database,
    PoolTimeout: _on_database,
}
