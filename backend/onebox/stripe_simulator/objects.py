"""Keeps the provider's objects: one table per noun, each row the body that the API shows."""

import json
import re
import secrets
import string
from enum import StrEnum
from functools import cache
from typing import Any, LiteralString, TypeAlias

from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.json import Jsonb

from backend.kit.database import Connection
from backend.onebox.stripe_simulator.errors import no_such, wrong

Body: TypeAlias = dict[str, Any]

_IDENTITY = re.compile(r"[A-Za-z0-9_]{1,255}")
_ALPHABET = string.ascii_letters + string.digits


class Kind(StrEnum):
    """The tables."""

    INTENT = "payment_intent"
    METHOD = "payment_method"
    CHARGE = "charge"
    SESSION = "checkout_session"
    REFUND = "refund"
    DISPUTE = "dispute"
    TRANSACTION = "balance_transaction"
    EVENT = "event"


_FIND: LiteralString = "SELECT body FROM {table} WHERE id = %s"
_FIND_LOCKED: LiteralString = "SELECT body FROM {table} WHERE id = %s FOR UPDATE"
_BOUNDS: dict[str, LiteralString] = {
    "gt": "created > %s",
    "gte": "created >= %s",
    "lt": "created < %s",
    "lte": "created <= %s",
}
_NOUNS = {Kind.SESSION: "checkout.session", Kind.METHOD: "PaymentMethod"}


def new_id(prefix: str, length: int = 24) -> str:
    """Return an identity like the provider's own."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(length))


@cache
def _statement(template: LiteralString, kind: Kind) -> Composed:
    return SQL(template).format(table=Identifier(kind))


async def insert(connection: Connection, kind: Kind, body: Body) -> Body:
    await connection.execute(
        _statement("INSERT INTO {table} (id, body) VALUES (%s, %s)", kind),
        (body["id"], Jsonb(body)),
    )
    return body


async def save(connection: Connection, kind: Kind, body: Body) -> Body:
    await connection.execute(
        _statement("UPDATE {table} SET body = %s WHERE id = %s", kind), (Jsonb(body), body["id"])
    )
    return body


async def find(
    connection: Connection, kind: Kind, identity: str, *, lock: bool = False
) -> Body | None:
    template = _FIND_LOCKED if lock else _FIND
    cursor = await connection.execute(_statement(template, kind), (identity,))
    row = await cursor.fetchone()
    return None if row is None else row["body"]


async def fetch(
    connection: Connection, kind: Kind, identity: str, *, param: str = "id", lock: bool = False
) -> Body:
    """Return the body; raises resource_missing. `lock` keeps others from changing it."""
    check_identity(kind, identity, param)
    body = await find(connection, kind, identity, lock=lock)
    if body is None:
        raise no_such(_NOUNS.get(kind, str(kind)), identity, param)
    return body


def check_identity(kind: Kind, identity: str, param: str) -> None:
    """Refuse an identity out of a path that no object can have, such as one with a NUL."""
    if not _IDENTITY.fullmatch(identity):
        raise no_such(_NOUNS.get(kind, str(kind)), identity, param)


async def page(
    connection: Connection,
    kind: Kind,
    params: Body,
    *,
    url: str,
    where: tuple[str, ...] = (),
    extra: tuple[tuple[Composed | SQL, Any], ...] = (),
) -> Body:
    """Return the newest first; `where` names the columns that a parameter of that name filters."""
    limit = params.get("limit", 10)
    if limit > 100:
        raise wrong("This value must be less than or equal to 100.", None, "limit")
    conditions, values = _created(params)
    for name in where:
        if name in params:
            conditions.append(SQL("{} = %s").format(Identifier(name)))
            values.append(params[name])
    for condition, value in extra:
        conditions.append(condition)
        values.append(value)
    backwards = "ending_before" in params
    cursor_id = params.get("ending_before") or params.get("starting_after")
    if cursor_id is not None:
        name = "ending_before" if backwards else "starting_after"
        await fetch(connection, kind, cursor_id, param=name)
        template: LiteralString = "seq > " if backwards else "seq < "
        conditions.append(
            SQL(template) + SQL("(SELECT seq FROM {} WHERE id = %s)").format(Identifier(kind))
        )
        values.append(cursor_id)
    query = SQL("SELECT body FROM {table} {where} ORDER BY seq {way} LIMIT %s").format(
        table=Identifier(kind),
        where=SQL("WHERE ") + SQL(" AND ").join(conditions) if conditions else SQL(""),
        way=SQL("ASC" if backwards else "DESC"),
    )
    rows = await (await connection.execute(query, (*values, limit + 1))).fetchall()
    bodies = [row["body"] for row in rows[:limit]]
    return listing(bodies[::-1] if backwards else bodies, url, has_more=len(rows) > limit)


def _created(params: Body) -> tuple[list[Any], list[Any]]:
    bounds = params.get("created", {})
    return [SQL(_BOUNDS[name]) for name in bounds], list(bounds.values())


def listing(bodies: list[Body], url: str, *, has_more: bool = False) -> Body:
    return {"object": "list", "data": bodies, "has_more": has_more, "url": url}


def rendered(body: Body) -> str:
    """Return the text of a body as the provider sends it."""
    return json.dumps(body, indent=2, ensure_ascii=False)
