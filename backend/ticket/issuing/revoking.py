"""Revokes the tickets of refunded lines: a ticket dies before its seat is free or money moves.

A line is taken back even if its ticket does not exist yet: then it is never made. Asked again,
the answer is the same.
"""

from typing import Literal
from uuid import UUID

from backend.contracts.messages import RevokedLine, TicketRevokeRequested, TicketsRevoked
from backend.kit.database import Connection
from backend.kit.messaging import outbox
from backend.ticket.issuing import repository
from backend.ticket.issuing.locks import lock_order

Outcome = Literal["revoked", "admitted"]

_KNOWN = "SELECT line_no, outcome FROM revoked_line WHERE order_id = %s AND line_no = ANY(%s)"
_ALIVE = """
    SELECT count(*) AS alive FROM ticket
    WHERE order_id = %s AND line_no = ANY(%s) AND status = 'ISSUED'
"""
_NEXT_LIST = """
    UPDATE cinema SET revocation_version = revocation_version + 1
    WHERE id = %s RETURNING revocation_version
"""
# A door may be admitting one of them now: its row lock decides who was first.
_REVOKE = """
    WITH dead AS (
        UPDATE ticket SET status = 'REVOKED', version = version + 1, revocation_version = %s
        WHERE order_id = %s AND line_no = ANY(%s) AND status = 'ISSUED'
        RETURNING id, line_no, version
    ), logged AS (
        INSERT INTO ticket_event (ticket_id, version, status, actor, facts)
        SELECT id, version, 'REVOKED', 'movies', jsonb_build_object('refund', %s::text) FROM dead
    )
    SELECT line_no FROM dead
"""
_ADMITTED = """
    SELECT line_no FROM ticket
    WHERE order_id = %s AND line_no = ANY(%s) AND status = 'ADMITTED'
"""
_NOTE = """
    INSERT INTO revoked_line (order_id, line_no, refund_id, outcome) VALUES (%s, %s, %s, %s)
"""


async def on_revoke_requested(connection: Connection, message: TicketRevokeRequested) -> None:
    """Revoke, put the dead on the list, answer line by line."""
    await lock_order(connection, message.order_id)
    wanted = sorted(set(message.lines))
    known = await _known(connection, message.order_id, wanted)
    new = [line for line in wanted if line not in known]
    outcomes = known | await _revoke(connection, message, new)
    version = await repository.step(connection, message.order_id)
    answer = TicketsRevoked(
        order_id=message.order_id,
        refund_id=message.refund_id,
        lines=[RevokedLine(line_no=line, outcome=outcomes[line]) for line in wanted],
    )
    await outbox.put(connection, answer, version=version or 0)


async def _known(connection: Connection, order_id: UUID, lines: list[int]) -> dict[int, Outcome]:
    rows = await (await connection.execute(_KNOWN, (order_id, lines))).fetchall()
    return {row["line_no"]: row["outcome"] for row in rows}


async def _revoke(
    connection: Connection, message: TicketRevokeRequested, lines: list[int]
) -> dict[int, Outcome]:
    order_id = message.order_id
    alive = await (await connection.execute(_ALIVE, (order_id, lines))).fetchone()
    if alive and alive["alive"]:
        row = await (await connection.execute(_NEXT_LIST, (message.cinema_id,))).fetchone()
        version = row["revocation_version"] if row else 1
        await connection.execute(_REVOKE, (version, order_id, lines, str(message.refund_id)))
    rows = await (await connection.execute(_ADMITTED, (order_id, lines))).fetchall()
    admitted = {row["line_no"] for row in rows}
    outcomes: dict[int, Outcome] = {
        line: "admitted" if line in admitted else "revoked" for line in lines
    }
    async with connection.cursor() as cursor:
        await cursor.executemany(
            _NOTE,
            [(order_id, line, message.refund_id, result) for line, result in outcomes.items()],
        )
    return outcomes
