"""Links sent by mail: single use, short-lived, a few per hour and account."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from backend.kit.database import Connection, Database
from backend.onebox.identity.accounts import Account, change_password, verify
from backend.onebox.identity.opaque import digest, new_secret
from backend.onebox.identity.sessions import end_all
from backend.onebox.identity.throttle import clear_failures

_ISSUE = """
    INSERT INTO mailed_action (token_hash, account_id, kind, sign_in_id, expires_at)
    SELECT %(hash)s, %(account)s, %(kind)s, %(sign_in)s, now() + %(life)s
    WHERE (SELECT count(*) FROM mailed_action
           WHERE account_id = %(account)s AND mailed_at > now() - interval '1 hour') < %(most)s
    RETURNING 1
"""
_FIND = """
    SELECT account_id, kind, sign_in_id FROM mailed_action
    WHERE token_hash = %s AND used_at IS NULL AND expires_at > now()
"""
_LOCK_OWNER = "SELECT 1 FROM account WHERE account_id = %s FOR UPDATE"
_USE = """
    UPDATE mailed_action SET used_at = now()
    WHERE token_hash = %s AND used_at IS NULL AND expires_at > now() RETURNING 1
"""


class Kind(StrEnum):
    """What a mailed link does; TAKEN only tells that an account exists."""

    VERIFY = "verify"
    RESET = "reset"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Action:
    """A living link: whose, for what, and in which sign-in it was asked for."""

    token: str
    account_id: UUID
    kind: Kind
    sign_in_id: UUID | None


class MailedActions:
    """The table of mailed links."""

    def __init__(self, database: Database, most_per_hour: int) -> None:
        self._database = database
        self._most = most_per_hour

    async def issue(
        self, kind: Kind, account_id: UUID, *, sign_in_id: UUID | None, life: timedelta
    ) -> str | None:
        """Return the secret of a new link; None when the hour's mails were sent."""
        token = new_secret()
        values = {
            "hash": digest(token),
            "account": account_id,
            "kind": kind,
            "sign_in": sign_in_id,
            "life": life,
            "most": self._most,
        }
        async with self._database.connection() as connection:
            row = await (await connection.execute(_ISSUE, values)).fetchone()
        return token if row else None

    async def find(self, token: str) -> Action | None:
        """Return a link that can still be used."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_FIND, (digest(token),))).fetchone()
        if row is None:
            return None
        return Action(token, row["account_id"], Kind(row["kind"]), row["sign_in_id"])

    async def verify(self, action: Action) -> bool:
        """Use a link up and note the address as proven; False when it was used meanwhile."""
        async with self._database.transaction() as connection:
            if not await _use(connection, action):
                return False
            await verify(connection, action.account_id)
        return True

    async def reset(self, action: Action, account: Account, password_hash: str) -> bool:
        """Use a link up and set the password, which signs the person out everywhere."""
        async with self._database.transaction() as connection:
            if not await _use(connection, action):
                return False
            await change_password(connection, account.account_id, password_hash)
            await end_all(connection, account.account_id)
            await clear_failures(connection, account.email)
        return True


async def _use(connection: Connection, action: Action) -> bool:
    # The owner's row first, as in a new claim: one of two rivals waits, then finds the link void.
    await connection.execute(_LOCK_OWNER, (action.account_id,))
    row = await (await connection.execute(_USE, (digest(action.token),))).fetchone()
    return row is not None
