"""Sign-ins under way: what a client asked for, kept while a person fills in our forms.

Each belongs to the browser that began it (a cookie), so that a link to it is worth nothing.
"""

from dataclasses import dataclass, fields
from datetime import timedelta
from uuid import UUID

from backend.kit.database import Database
from backend.kit.ids import uuid7
from backend.onebox.identity.opaque import digest

_BEGIN = """
    INSERT INTO sign_in (sign_in_id, browser_hash, client_id, redirect_uri, state, nonce,
                         code_challenge, scope, language, login_hint, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() + %s)
"""
_FIND = """
    SELECT sign_in_id, client_id, redirect_uri, state, nonce, code_challenge, scope, language,
           login_hint, account_id
    FROM sign_in WHERE sign_in_id = %s AND browser_hash = %s AND expires_at > now()
"""
_SPEAK = "UPDATE sign_in SET language = %s WHERE sign_in_id = %s"
_REMEMBER = "UPDATE sign_in SET login_hint = %s WHERE sign_in_id = %s"
_ADOPT = "UPDATE sign_in SET account_id = %s WHERE sign_in_id = %s"
# A double click sends the form twice, and the browser shows the second answer.
_FINISH = """
    UPDATE sign_in SET expires_at = least(expires_at, now() + interval '1 minute')
    WHERE sign_in_id = %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked authorization request."""

    client_id: str
    redirect_uri: str
    state: str | None
    nonce: str | None
    code_challenge: str
    scope: str
    language: str
    login_hint: str | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A request whose person is not known yet; `account_id` once a password fitted."""

    sign_in_id: UUID
    asked: Asked
    account_id: UUID | None


class SignIns:
    """The table of sign-ins under way."""

    def __init__(self, database: Database, life: timedelta) -> None:
        self._database = database
        self._life = life

    async def begin(self, asked: Asked, browser: str) -> UUID:
        """Keep a request for the browser and return its id."""
        sign_in_id = uuid7()
        values = [getattr(asked, field.name) for field in fields(asked)]
        async with self._database.connection() as connection:
            await connection.execute(_BEGIN, (sign_in_id, digest(browser), *values, self._life))
        return sign_in_id

    async def find(self, sign_in_id: UUID, browser: str) -> SignIn | None:
        """Return a living sign-in of this browser."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_FIND, (sign_in_id, digest(browser)))
            row = await cursor.fetchone()
        if row is None:
            return None
        asked = Asked(**{field.name: row[field.name] for field in fields(Asked)})
        return SignIn(row["sign_in_id"], asked, row["account_id"])

    async def speak(self, sign_in_id: UUID, language: str) -> None:
        """Change the language of its pages."""
        await self._run(_SPEAK, (language, sign_in_id))

    async def remember(self, sign_in_id: UUID, email: str) -> None:
        """Keep the address that was typed, for the next form."""
        await self._run(_REMEMBER, (email, sign_in_id))

    async def adopt(self, sign_in_id: UUID, account_id: UUID) -> None:
        """Note whose password was given (or set) in this browser."""
        await self._run(_ADOPT, (account_id, sign_in_id))

    async def finish(self, sign_in_id: UUID) -> None:
        """A code was sent: let the form work for one more minute only."""
        await self._run(_FINISH, (sign_in_id,))

    async def _run(self, query: str, values: tuple[object, ...]) -> None:
        async with self._database.connection() as connection:
            await connection.execute(query, values)
