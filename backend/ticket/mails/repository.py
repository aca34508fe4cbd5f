"""The table of mails: recorded once per cause, taken by one sender at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.kit.database import Connection

Kind = Literal["tickets", "lapsed", "refunded"]
MailProblem = Literal["retrying", "refused", "given_up"]

_RECORD = """
    INSERT INTO mail (order_id, kind, revision, cause, recipient, facts)
    SELECT %(order_id)s, %(kind)s, coalesce(max(revision), 0) + 1, %(cause)s, %(recipient)s,
           %(facts)s
    FROM mail WHERE order_id = %(order_id)s AND kind = %(kind)s
    ON CONFLICT (order_id, kind, cause) DO NOTHING
"""
# The lease keeps other senders away; a sender that dies leaves the mail due again after it.
_TAKE = """
    UPDATE mail SET due_at = clock_timestamp() + %s, tries = tries + 1
    WHERE (order_id, kind, revision) IN (
        SELECT order_id, kind, revision FROM mail
        WHERE status = 'DUE' AND due_at <= clock_timestamp()
        ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
    RETURNING order_id, kind, revision, recipient, facts, tries, recorded_at,
              clock_timestamp() - recorded_at AS age
"""
_SENT = """
    UPDATE mail SET status = 'SENT', sent_at = clock_timestamp(), problem = NULL, error = NULL
    WHERE order_id = %s AND kind = %s AND revision = %s AND status = 'DUE'
"""
_LATER = """
    UPDATE mail SET due_at = clock_timestamp() + %s, problem = 'retrying', error = %s
    WHERE order_id = %s AND kind = %s AND revision = %s AND status = 'DUE'
"""
_OVER = """
    UPDATE mail SET status = %s, problem = %s, error = %s
    WHERE order_id = %s AND kind = %s AND revision = %s AND status = 'DUE'
"""
_STATE = """
    SELECT max(sent_at) AS sent_at, (array_agg(problem ORDER BY revision DESC))[1] AS problem
    FROM mail WHERE order_id = %s AND kind = 'tickets'
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that this process sends now."""

    order_id: UUID
    kind: Kind
    revision: int
    recipient: str
    facts: Mapping[str, Any]
    tries: int
    recorded_at: datetime
    age: timedelta

    @property
    def key(self) -> tuple[UUID, str, int]:
        """Its primary key, also the root of its Message-ID."""
        return (self.order_id, self.kind, self.revision)


@dataclass(frozen=True, slots=True)
class MailState:
    """When an order's tickets were last mailed, and what is wrong with the newest mail."""

    sent_at: datetime | None
    problem: MailProblem | None


async def record(
    connection: Connection,
    order_id: UUID,
    kind: Kind,
    *,
    cause: str,
    recipient: str,
    facts: Mapping[str, Any],
) -> bool:
    """Write down that a mail is due; False when this cause already has its mail."""
    done = await connection.execute(
        _RECORD,
        {
            "order_id": order_id,
            "kind": kind,
            "cause": cause,
            "recipient": recipient,
            "facts": Jsonb(facts),
        },
    )
    return done.rowcount == 1


async def take(connection: Connection, *, lease: timedelta, most: int) -> list[Mail]:
    """Take due mails for the length of a lease."""
    rows = await (await connection.execute(_TAKE, (lease, most))).fetchall()
    return [Mail(**row) for row in rows]


async def sent(connection: Connection, mail: Mail) -> None:
    """Note that the mail server has it."""
    await connection.execute(_SENT, mail.key)


async def later(connection: Connection, mail: Mail, *, wait: timedelta, error: str) -> None:
    """Note a failure that another try may mend."""
    await connection.execute(_LATER, (wait, error[:500], *mail.key))


async def failed(connection: Connection, mail: Mail, *, problem: MailProblem, error: str) -> None:
    """Note a failure that no try will mend."""
    await connection.execute(_OVER, ("FAILED", problem, error[:500], *mail.key))


async def dropped(connection: Connection, mail: Mail, *, error: str) -> None:
    """Note that there is nothing to tell any more."""
    await connection.execute(_OVER, ("DROPPED", None, error, *mail.key))


async def state(connection: Connection, order_id: UUID) -> MailState:
    """Return what became of the mails with an order's tickets."""
    row = await (await connection.execute(_STATE, (order_id,))).fetchone()
    return MailState(**row) if row else MailState(None, None)
