"""Ticket types and price cards in the database."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.contracts.catalogue import PriceCardRead, PriceCardWrite, PriceRule, TicketTypeWrite
from backend.contracts.problems_catalogue import PriceCardMissing
from backend.kit.database import Connection
from backend.kit.ids import uuid7

_SAVE_TYPE = """
    INSERT INTO ticket_type (cinema_id, code, name, note, rule, position)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (cinema_id, code) DO UPDATE SET name = excluded.name, note = excluded.note,
        rule = excluded.rule, position = excluded.position, archived_at = NULL
"""
_SAVE_CARD = """
    INSERT INTO price_card (id, cinema_id, name) VALUES (%s, %s, %s)
    ON CONFLICT (cinema_id, name) DO UPDATE SET archived_at = NULL RETURNING id
"""
_NEXT_VERSION = """
    INSERT INTO price_card_version (price_card_id, version, rules, fee_minor, tax_rate_bp)
    SELECT %s, coalesce(max(version), 0) + 1, %s, %s, %s FROM price_card_version
    WHERE price_card_id = %s RETURNING id
"""
_READ_CARD = """
    SELECT c.id, c.cinema_id, c.name, v.version, v.rules, v.fee_minor, v.tax_rate_bp
    FROM price_card c JOIN price_card_version v ON v.id = c.version_id
"""


async def save_ticket_type(connection: Connection, cinema_id: UUID, body: TicketTypeWrite) -> None:
    """Make a ticket type, or change the one with this code."""
    await connection.execute(
        _SAVE_TYPE,
        (
            cinema_id,
            body.code,
            Jsonb(body.name),
            Jsonb(body.note or {}),
            body.rule,
            body.position,
        ),
    )


async def find_ticket_types(connection: Connection, cinema_id: UUID) -> list[dict[str, Any]]:
    """Read a cinema's ticket types in their order."""
    cursor = await connection.execute(
        "SELECT * FROM ticket_type WHERE cinema_id = %s AND archived_at IS NULL"
        " ORDER BY position, code",
        (cinema_id,),
    )
    return await cursor.fetchall()


async def save_card(connection: Connection, cinema_id: UUID, body: PriceCardWrite) -> UUID:
    """Make a price card, or the next version of the one with this name; return its id."""
    row = await (await connection.execute(_SAVE_CARD, (uuid7(), cinema_id, body.name))).fetchone()
    card: UUID = (row or {})["id"]
    rules = Jsonb([rule.model_dump(mode="json") for rule in body.rules])
    row = await (
        await connection.execute(
            _NEXT_VERSION, (card, rules, body.fee_minor, body.tax_rate_bp, card)
        )
    ).fetchone()
    await connection.execute(
        "UPDATE price_card SET version_id = %s WHERE id = %s", ((row or {})["id"], card)
    )
    return card


async def find_card(connection: Connection, card: UUID) -> dict[str, Any]:
    """Read a price card; raises PriceCardMissing."""
    row = await (await connection.execute(_READ_CARD + "WHERE c.id = %s", (card,))).fetchone()
    if row is None:
        raise PriceCardMissing
    return row


async def find_cards(connection: Connection, cinema_id: UUID) -> list[dict[str, Any]]:
    """Read a cinema's price cards, by name."""
    cursor = await connection.execute(
        _READ_CARD + "WHERE c.cinema_id = %s AND c.archived_at IS NULL ORDER BY c.name",
        (cinema_id,),
    )
    return await cursor.fetchall()


def card_read(row: dict[str, Any]) -> PriceCardRead:
    """Render a price card."""
    return PriceCardRead(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        rules=[PriceRule.model_validate(rule) for rule in row["rules"]],
        fee_minor=row["fee_minor"],
        tax_rate_bp=row["tax_rate_bp"],
    )
