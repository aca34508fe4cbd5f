"""The transport under every client: one pool per process, problems raised again as classes.

A transport failure is tried again with the same idempotency key, so that a lost answer never
becomes a second order.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
from pydantic import BaseModel

from backend.client.errors import Unreachable
from backend.contracts.problems import Problem

Answer = TypeVar("Answer", bound=BaseModel)

_TRIES = 3
_PAUSE_S = 0.2


def pool_options(timeout_s: float = 10.0) -> dict[str, Any]:
    """Return how a process makes its client: once, since that is 30 ms of work."""
    return {
        "timeout": httpx2.Timeout(timeout_s, connect=2.0),
        # One visitor's cookies, in an answer that we pass on, must never go along with another's.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        "limits": httpx2.Limits(
            max_connections=200, max_keepalive_connections=50, keepalive_expiry=10
        ),
        "follow_redirects": False,
        "trust_env": False,
    }


class ServiceHttp:
    """Calls one service. `headers` are sent with each call (a traceparent, for example)."""

    def __init__(self, http: httpx2.AsyncClient, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    async def call(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: BaseModel | None = None,
        key: str | None = None,
        params: Mapping[str, str | int] | None = None,
        traceparent: str | None = None,
    ) -> Answer:
        """Send a request and read its answer; raises the service's problem or Unreachable."""
        response = await self.send(
            method, path, token=token, body=body, key=key, params=params, traceparent=traceparent
        )
        return answer.model_validate_json(response.content)

    async def send(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: BaseModel | None = None,
        key: str | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        traceparent: str | None = None,
    ) -> httpx2.Response:
        """Send a request and return the good answer as it came."""
        sent = {**(headers or {}), **_headers(token, method, key=key, traceparent=traceparent)}
        content = body.model_dump_json().encode() if body is not None else None
        if content is not None:
            sent["Content-Type"] = "application/json"
        return await self._send(method, path, sent, content=content, params=params)

    async def upload(
        self, path: str, content: bytes, media_type: str, *, token: str
    ) -> httpx2.Response:
        """Put a file there and return the good answer as it came."""
        headers = {**_headers(token, "PUT"), "Content-Type": media_type}
        return await self._send("PUT", path, headers, content=content)

    async def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        content: bytes | None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx2.Response:
        last: httpx2.TransportError | None = None
        for attempt in range(_TRIES):
            try:
                response = await self._http.request(
                    method, self._base_url + path, headers=headers, content=content, params=params
                )
            except httpx2.TransportError as error:
                last = error
                await asyncio.sleep(_PAUSE_S * attempt)
            else:
                _raise_problem(response)
                return response
        raise Unreachable from last

    @asynccontextmanager
    async def stream(
        self, path: str, *, token: str | None = None
    ) -> AsyncIterator[AsyncIterator[str]]:
        """Open a stream of lines (server-sent events) that ends when the service ends it."""
        try:
            async with self._http.stream(
                "GET",
                self._base_url + path,
                headers=_headers(token, "GET"),
                timeout=httpx2.Timeout(5.0, read=60.0),
            ) as response:
                if response.is_error:
                    await response.aread()
                _raise_problem(response)
                yield response.aiter_lines()
        except httpx2.TransportError as error:
            raise Unreachable from error


def _headers(
    token: str | None, method: str, *, key: str | None = None, traceparent: str | None = None
) -> dict[str, str]:
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if method != "GET":
        headers["Idempotency-Key"] = key or uuid4().hex
    if traceparent is not None:
        headers["traceparent"] = traceparent
    return headers


def _raise_problem(response: httpx2.Response) -> None:
    if response.is_success:
        return
    try:
        body: dict[str, Any] = response.json()
        code, detail = str(body.pop("error")), str(body.pop("detail"))
    except (ValueError, KeyError, AttributeError, TypeError):
        raise Unreachable from None
    body.pop("trace_id", None)
    raise Problem.named(code)(detail, **body)
