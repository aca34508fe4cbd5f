"""Idempotency: a request with effects acts once, however often its client has to send it.

The key is written in the transaction of the effect, so a crash leaves neither. The same request
again gets the stored answer; another request under the same key is refused. A stored answer that
says how long something lasts is told again with what is left of it.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.responses import Response

from backend.contracts.problems import IdempotencyKeyMissing, IdempotencyKeyReused, Problem
from backend.kit.database import Connection, Database, retrying
from backend.kit.errors import answer
from backend.kit.gathering import Gathering

_KEY = re.compile(r"^[\x21-\x7e]{8,64}$")
# Refusals that the same request would meet again. Not among them: signing in (401), what
# another try may change (409), and waiting (413, 429, 5xx).
_STORED = frozenset({400, 403, 404, 410, 415, 422})

_CLAIM = """
    INSERT INTO idempotency (principal, route, key, request_hash)
    VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_FOUND = """
    SELECT principal, route, key, request_hash, status, body,
           extract(epoch FROM clock_timestamp() - made_at)::float8 AS age_s FROM idempotency
"""
_FIND = _FOUND + "WHERE principal = %s AND route = %s AND key = %s"
_FIND_ALL = (
    _FOUND + "JOIN unnest(%s::text[], %s::text[], %s::text[]) AS wanted (principal, route, key)"
    " USING (principal, route, key)"
)
_TIME_LEFT = "expires_in_s"
_STORE = """
    UPDATE idempotency SET status = %s, body = %s
    WHERE principal = %s AND route = %s AND key = %s
"""


@dataclass(frozen=True, slots=True)
class Intent:
    """One request as its sender means it: who, what, under which key, with which content."""

    principal: str
    route: str
    key: str
    digest: bytes

    @property
    def identity(self) -> tuple[str, str, str]:
        """The primary key of its row."""
        return (self.principal, self.route, self.key)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the client gets, now or again."""

    status: int
    body: bytes
    is_replayed: bool = False

    def response(self) -> Response:
        """Render the reply."""
        headers = {"Cache-Control": "no-store"}
        if self.is_replayed:
            headers["Idempotency-Replayed"] = "true"
        return Response(self.body, self.status, headers, "application/json")


async def intent_of(request: Request, principal: str) -> Intent:
    """Read the intent of a request; raises IdempotencyKeyMissing."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY.match(key):
        raise IdempotencyKeyMissing
    body = await request.body()
    path = request.scope["path"]
    digest = hashlib.sha256(path.encode() + b"\0" + body).digest()
    template = getattr(request.scope.get("route"), "path", path)
    return Intent(principal, f"{request.method} {template}", key, digest)


class Once:
    """Runs effects under their keys: the boundary that commits a request's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: dict[tuple[str, str, str], asyncio.Future[Reply]] = {}

    async def run(
        self,
        intent: Intent,
        effect: Callable[[Connection], Awaitable[BaseModel]],
        *,
        status: int = 200,
    ) -> Reply:
        """Act once and return the reply; raises what the effect raises."""
        joined = self._running.get(intent.identity)
        if joined is not None:
            await asyncio.wait([joined])
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._running[intent.identity] = future
        try:
            return await retrying(lambda: self._act(intent, effect, status))
        finally:
            future.cancel()
            if self._running.get(intent.identity) is future:
                del self._running[intent.identity]

    async def _act(
        self, intent: Intent, effect: Callable[[Connection], Awaitable[BaseModel]], status: int
    ) -> Reply:
        async with self._database.transaction() as connection:
            claimed = await connection.execute(_CLAIM, (*intent.identity, intent.digest))
            if not claimed.rowcount:
                kept = await stored(connection, intent)
                if kept is None:
                    raise IdempotencyKeyReused
                return kept
            refusal: Problem | None = None
            reply = Reply(status, b"")
            try:
                async with connection.transaction():
                    reply = replace(
                        reply, body=(await effect(connection)).model_dump_json().encode()
                    )
            except Problem as problem:
                if problem.status not in _STORED:
                    raise
                refusal = problem
                reply = Reply(problem.status, bytes(answer(problem).body))
            await connection.execute(_STORE, (reply.status, reply.body, *intent.identity))
        if refusal is not None:
            raise refusal
        return reply


class Replies:
    """Finds what requests were answered before, outside of any transaction; many in one read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = Gathering("stored replies", self._read)

    async def find(self, intent: Intent) -> Reply | None:
        """Return what this request was answered before; raises IdempotencyKeyReused."""
        row = await self._rows.get(intent.identity)
        return None if row is None else _reply(row, intent)

    async def _read(
        self, identities: Sequence[tuple[str, str, str]]
    ) -> Mapping[tuple[str, str, str], dict[str, Any]]:
        columns = [list(column) for column in zip(*identities, strict=True)]
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_FIND_ALL, columns)).fetchall()
        return {(row["principal"], row["route"], row["key"]): row for row in rows}


async def stored(connection: Connection, intent: Intent) -> Reply | None:
    """Return what this request was answered before; raises IdempotencyKeyReused."""
    row = await (await connection.execute(_FIND, intent.identity)).fetchone()
    return None if row is None else _reply(row, intent)


def _reply(row: Mapping[str, Any], intent: Intent) -> Reply:
    if bytes(row["request_hash"]) != intent.digest or row["body"] is None:
        raise IdempotencyKeyReused
    return Reply(row["status"], aged(bytes(row["body"]), row["age_s"]), is_replayed=True)


def aged(body: bytes, age_s: float) -> bytes:
    """Return a reply as it is `age_s` later: of the time that it grants, whole seconds are gone."""
    gone = int(age_s)
    if not gone or _TIME_LEFT.encode() not in body:
        return body
    reply = from_json(body)
    left = reply.get(_TIME_LEFT)
    return body if left is None else to_json({**reply, _TIME_LEFT: max(0.0, left - gone)})
