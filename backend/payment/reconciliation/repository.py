"""What the reconciliation looks at."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.kit.database import Connection
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.repository import find as find_attempt

MONEY = "money"
# Refunds of older payments come by their events.
WINDOW = timedelta(hours=48)
_FIRST_STRAY = 100

_RESERVED = """
    SELECT a.order_id, a.attempt, min(e.at) AS since FROM attempt a
    JOIN attempt_event e ON e.order_id = a.order_id AND e.attempt = a.attempt
    WHERE a.state IN ('AUTHORISED', 'CAPTURING') AND e.state = 'AUTHORISED'
    GROUP BY a.order_id, a.attempt HAVING min(e.at) < clock_timestamp() - %s
"""
# Per attempt: the ledger's sum beside the provider's, where they differ. An attempt is an hour
# inside the window before its charge must be in the list.
_SUSPECTS = """
    SELECT DISTINCT a.order_id FROM attempt a
    LEFT JOIN jsonb_each_text(%(charged)s) AS p (intent_id, net) USING (intent_id)
    LEFT JOIN LATERAL (
        SELECT sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END) AS net
        FROM ledger l WHERE l.order_id = a.order_id AND l.attempt = a.attempt
            AND kind IN ('capture', 'refund')
    ) AS booked ON true
    WHERE a.made_at > clock_timestamp() - %(window)s - interval '1 hour'
      AND (p.net IS NOT NULL OR a.made_at > clock_timestamp() - %(window)s + interval '1 hour')
      AND coalesce(booked.net, 0) <> coalesce(p.net::bigint, 0)
"""
_OPEN_MONEY = "SELECT subject FROM recon_diff WHERE kind = %s AND closed_at IS NULL"
_OF_ORDER = """
    SELECT attempt FROM attempt WHERE order_id = %s AND session_id IS NOT NULL ORDER BY attempt
"""

_UNKNOWN = """
    SELECT 'sessions' AS kind, made FROM unnest(%(sessions)s::text[]) AS made
        WHERE NOT EXISTS (SELECT FROM attempt WHERE session_id = made)
    UNION ALL SELECT 'intents', made FROM unnest(%(intents)s::text[]) AS made
        WHERE NOT EXISTS (SELECT FROM attempt WHERE intent_id = made)
    UNION ALL SELECT 'refunds', made FROM unnest(%(refunds)s::text[]) AS made
        WHERE NOT EXISTS (SELECT FROM refund WHERE provider_id = made)
"""
_ADOPT = """
    INSERT INTO attempt (order_id, attempt, state, session_id, currency, amount_minor, request,
        wants_close, is_stray)
    SELECT %(order_id)s, greatest(%(first)s, coalesce(max(attempt) + 1, 0)), 'CREATED',
        %(session_id)s, %(currency)s, %(amount_minor)s, %(request)s, 'void', true
    FROM attempt WHERE order_id = %(order_id)s
    ON CONFLICT DO NOTHING RETURNING attempt
"""
_STRAYS = """
    SELECT a.order_id, a.attempt, a.state, a.session_id, a.currency,
        a.captured_minor - a.refunded_minor AS held_minor, r.state AS refund,
        a.state = 'CAPTURED' AND r.state IS NULL
            AND a.changed_at < clock_timestamp() - %s AS is_over
    FROM attempt a LEFT JOIN LATERAL (
        SELECT state FROM refund WHERE order_id = a.order_id AND attempt = a.attempt
        ORDER BY requested_at DESC LIMIT 1
    ) r ON true
    WHERE a.is_stray AND (a.captured_minor > a.refunded_minor
        OR a.state NOT IN ('CAPTURED', 'CANCELED', 'FAILED'))
"""


async def reserved_since(
    connection: Connection, older_than: timedelta
) -> list[tuple[Attempt, datetime]]:
    """Read attempts whose reservation is older than that and not taken, and since when."""
    rows = await (await connection.execute(_RESERVED, (older_than,))).fetchall()
    return [
        (await find_attempt(connection, row["order_id"], row["attempt"]), row["since"])
        for row in rows
    ]


async def suspects(connection: Connection, charged: dict[str, int]) -> list[UUID]:
    """Return the orders whose money is to be looked at: those that differ, and that differed."""
    values = {"window": WINDOW, "charged": Jsonb(charged)}
    differ = await (await connection.execute(_SUSPECTS, values)).fetchall()
    differed = await (await connection.execute(_OPEN_MONEY, (MONEY,))).fetchall()
    return sorted({row["order_id"] for row in differ} | {UUID(row["subject"]) for row in differed})


async def attempts_of(connection: Connection, order_id: UUID) -> list[Attempt]:
    """Read an order's attempts that have a session, ended or not."""
    rows = await (await connection.execute(_OF_ORDER, (order_id,))).fetchall()
    return [await find_attempt(connection, order_id, row["attempt"]) for row in rows]


async def unknown(connection: Connection, **ids: list[str]) -> dict[str, set[str]]:
    """Return which sessions, intents and refunds no row of ours has."""
    wanted: dict[str, list[str]] = {"sessions": [], "intents": [], "refunds": []} | ids
    rows = await (await connection.execute(_UNKNOWN, wanted)).fetchall()
    return {kind: {row["made"] for row in rows if row["kind"] == kind} for kind in wanted}


async def adopt(
    connection: Connection, order_id: UUID, session: dict[str, Any]
) -> tuple[UUID, int] | None:
    """Write a session down that nobody here began, to be ended; None when it is known already."""
    values = {
        "order_id": order_id,
        "first": _FIRST_STRAY,
        "session_id": session["id"],
        "currency": session["currency"].upper(),
        "amount_minor": session["amount_total"],
        "request": Jsonb(
            {
                "client_reference_id": session["client_reference_id"],
                "expires_at": session["expires_at"],
                "metadata": session["metadata"],
            }
        ),
    }
    row = await (await connection.execute(_ADOPT, values)).fetchone()
    if row is None:
        return None
    key = (order_id, int(row["attempt"]))
    await connection.execute(
        "INSERT INTO attempt_event (order_id, attempt, version, state)"
        " VALUES (%s, %s, 1, 'CREATED')",
        key,
    )
    return key


async def strays(connection: Connection, refund_after: timedelta) -> list[dict[str, Any]]:
    """Read the stray payments that are open or hold money; `is_over` says that it goes back now."""
    return await (await connection.execute(_STRAYS, (refund_after,))).fetchall()


async def charged_attempts(connection: Connection, charges: list[str]) -> dict[str, str]:
    """Return the reference of each charge's attempt."""
    cursor = await connection.execute(
        "SELECT charge_id, order_id || '.' || attempt AS reference FROM attempt"
        " WHERE charge_id = ANY(%s)",
        (charges,),
    )
    return {row["charge_id"]: row["reference"] for row in await cursor.fetchall()}


async def charge_of(connection: Connection, order_id: UUID, attempt: int) -> str | None:
    """Return the charge of an attempt."""
    charge: str | None = (await find_attempt(connection, order_id, attempt)).charge_id
    return charge
