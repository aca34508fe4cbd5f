"""A3: a price, a state, an owner added to every body, at every depth: refused, nothing changed."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.faults.abuse.calling import Call, crowd
from tests.faults.abuse.contracts import Operation
from tests.faults.abuse.examples import resolved
from tests.faults.abuse.world import HERE, World

pytestmark = pytest.mark.fault("A3")
Place = tuple[str | int, ...]

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SUM = "SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {} t"

SMUGGLED: Mapping[str, Any] = {
    "admin": True,
    "amount_minor": 1,
    "buyer": "guest:1",
    "captured_minor": 0,
    "channel": "staff",
    "cinema_slug": "elsewhere",
    "claims": [],
    "discount": 100,
    "expires_at": "2099-01-01T00:00:00Z",
    "expires_in_s": 1e9,
    "fee_minor": 0,
    "gross_minor": 1,
    "id": "00000000-0000-7000-8000-000000000001",
    "is_admin": True,
    "owner": "guest:1",
    "paid": True,
    "paid_at": "2026-01-01T00:00:00Z",
    "price": 0,
    "price_minor": 0,
    "role": "admin",
    "roles": ["admin"],
    "seat_state": "SOLD",
    "state": "PAID",
    "status": "ADMITTED",
    "tax_minor": 0,
    "ticket_id": "00000000-0000-7000-8000-000000000001",
    "total_minor": 1,
    "version": 99,
    "__proto__": {"paid": True},
}


async def test_nothing_can_be_smuggled_into_a_body(world: World, tally):
    cases = list(_cases(world))
    before = _contents(world)

    answers = await crowd(world, [call for _, call in cases])
    tally.runs += len(cases)

    wrong = [
        f"{name}: {answer.status} {answer.body[:100]!r}"
        for (name, _), answer in zip(cases, answers, strict=True)
        if answer.status != 422 or answer.json()["error"] != "Malformed"
    ]
    assert wrong == []
    assert _contents(world) == before
    assert len(cases) > 15 * len(SMUGGLED)


def _cases(world: World) -> Iterator[tuple[str, Call]]:
    for operation in world.operations:
        body = world.body(operation)
        if body is None:
            continue
        token = (
            None
            if operation.permission is None
            else world.callers.opener(operation.permission, operation.service, (HERE,))
        )
        authorization = None if token is None else f"Bearer {token}"
        for where, place, properties in objects(operation, body):
            for name in sorted(set(SMUGGLED) - properties):
                smuggled = with_field(body, place, name, SMUGGLED[name])
                yield f"{operation} {where}.{name}", Call(operation, authorization, body=smuggled)


def objects(operation: Operation, body: Any) -> list[tuple[str, Place, set[str]]]:
    """Return every object of a body: what it is called, how to get there, what it may have."""
    assert operation.schema is not None
    return list(_objects(operation.schema, operation.document, body, ()))


def _objects(
    schema: Mapping[str, Any], document: Mapping[str, Any], body: Any, place: Place
) -> Iterator[tuple[str, Place, set[str]]]:
    schema = resolved(schema, document)
    if isinstance(body, dict):
        properties = schema.get("properties", {})
        yield "".join(f".{step}" for step in place) or ".", place, set(properties)
        for name, inner in body.items():
            if name in properties:
                yield from _objects(properties[name], document, inner, (*place, name))
    elif isinstance(body, list):
        for number, inner in enumerate(body[:1]):
            yield from _objects(schema["items"], document, inner, (*place, number))


def with_field(body: Any, place: Place, name: str, value: Any) -> Any:
    """Return the body with a field more in the object at a place."""
    if not place:
        return {**body, name: value}
    changed = body.copy()
    changed[place[0]] = with_field(body[place[0]], place[1:], name, value)
    return changed


def _contents(world: World) -> Mapping[str, str]:
    """Return a sum over every row of every table of the sale."""
    return {
        f"{service}.{table}": total
        for service in ("movies", "payment", "ticket")
        for table, total in _sums(world.open.dsn(service))
    }


def _sums(dsn: str) -> Iterator[tuple[str, str]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        tables = connection.execute(_TABLES).fetchall()
        for (table,) in tables:
            query = sql.SQL(_SUM).format(sql.Identifier(table))
            row = connection.execute(query).fetchone()
            yield table, str(row)
