"""Tickets to draw and to admit: some that were bought on the site, and copies of them by number."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from moviemesh_ticketcode import Category, TicketFields, sign
from psycopg.types.json import Jsonb

from backend.kit.database import Connection, Database
from backend.onebox import secrets
from backend.ticket.issuing import orders
from backend.ticket.issuing.facts import PaidOrder
from bench.stage.cinema import Stage
from bench.stage.shopper import Shopper

_ORDER = re.compile(r"/orders/([0-9a-f-]{36})")
_OPEN = timedelta(hours=12)
_FIRST = """
    SELECT (SELECT max(screening_key) FROM ticket), seat, category FROM ticket WHERE id = %s
"""
_RECORDS = """
    FROM ticket t, jsonb_to_recordset(%(copies)s) AS c (order_id uuid, ticket_id uuid,
        screening_key bigint, code text, not_before_at timestamptz, not_after_at timestamptz),
"""
# A row of the sample with some of its columns replaced: new columns of the schema come along.
_COPIES = (
    f"""
    INSERT INTO paid_order SELECT r.* {_RECORDS} paid_order o, jsonb_populate_record(o,
        jsonb_build_object('id', c.order_id, 'screening_key', c.screening_key)) AS r
    WHERE t.id = %(like)s AND o.id = t.order_id
    """,
    f"""
    INSERT INTO paid_line SELECT r.* {_RECORDS} paid_line l, jsonb_populate_record(l,
        jsonb_build_object('order_id', c.order_id)) AS r
    WHERE t.id = %(like)s AND l.order_id = t.order_id AND l.line_no = t.line_no
    """,
    f"""
    INSERT INTO ticket SELECT r.* {_RECORDS} jsonb_populate_record(t, jsonb_build_object(
        'id', c.ticket_id, 'order_id', c.order_id, 'screening_key', c.screening_key,
        'code', c.code, 'not_before_at', c.not_before_at, 'not_after_at', c.not_after_at)) AS r
    WHERE t.id = %(like)s
    """,
)


def bought(stage: Stage, many: int) -> list[PaidOrder]:
    """Buy so many orders of two tickets on the site, and return them as ticket keeps them."""
    return asyncio.run(_bought(stage, many))


async def _bought(stage: Stage, many: int) -> list[PaidOrder]:
    shopper = Shopper(stage.cinema.site)
    await shopper.find()
    database = Database(stage.cinema.dsn("ticket"))
    await database.open()
    try:
        async with database.connection() as connection:
            return [await _found(shopper, connection, number) for number in range(many)]
    finally:
        await database.close()


async def _found(shopper: Shopper, connection: Connection, number: int) -> PaidOrder:
    purchase = await shopper.buy(number)
    match = _ORDER.search(purchase.order_url)
    order = await orders.find(connection, UUID(match.group(1))) if match else None
    if order is None:
        raise LookupError(purchase.order_url)
    return order


def issued(stage: Stage, like: PaidOrder, many: int) -> list[str]:
    """Give so many more tickets out, like the first of an order; return their codes.

    The rows are copied in ticket's own tables, whatever their columns are; each ticket has an
    order of its own, and a code that the cinema's key signed.
    """
    found = secrets.load(stage.cinema.folders.secrets)
    if found is None:
        raise FileNotFoundError(stage.cinema.folders.secrets)
    key = cast("Ed25519PrivateKey", OKPKey.import_key(found.ticket_key).private_key)
    with stage.admin("ticket") as connection:
        first = connection.execute(_FIRST, (like.tickets[0].id,)).fetchone()
        taken, seat, category = first or (0, 0, 0)
        copies = []
        for number in range(many):
            fields = TicketFields(
                ticket_id=uuid4(),
                screening_key=int(taken) + 1 + number,
                seat=int(seat),
                category=Category(category),
                not_before_at=datetime.now(UTC).replace(microsecond=0) - _OPEN,
                not_after_at=datetime.now(UTC).replace(microsecond=0) + _OPEN,
            )
            copies.append(_copy(fields, sign(fields, key_id=secrets.TICKET_KEY_ID, key=key)))
        for statement in _COPIES:
            connection.execute(statement, {"copies": Jsonb(copies), "like": like.tickets[0].id})
    return [str(copy["code"]) for copy in copies]


def _copy(fields: TicketFields, code: str) -> dict[str, object]:
    return {
        "order_id": str(uuid4()),
        "ticket_id": str(fields.ticket_id),
        "screening_key": fields.screening_key,
        "code": code,
        "not_before_at": fields.not_before_at.isoformat(),
        "not_after_at": fields.not_after_at.isoformat(),
    }
