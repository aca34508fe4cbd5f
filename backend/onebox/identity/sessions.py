"""Who is signed in at the provider (single sign-on), and what each client was given from it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kit.database import Connection, Database
from backend.kit.ids import uuid7
from backend.onebox.identity.opaque import digest, new_secret
from backend.onebox.identity.settings import IdentitySettings

_ALIVE = "idle_until > now() AND expires_at > now()"
_BEGIN = """
    INSERT INTO sso_session (session_id, cookie_hash, account_id, authenticated_at, idle_until,
                             expires_at)
    VALUES (%s, %s, %s, now(), now() + %s, now() + %s)
    RETURNING session_id, account_id, authenticated_at, idle_until
"""
_RENEW = f"""
    UPDATE sso_session SET cookie_hash = %s, authenticated_at = now(),
        idle_until = least(now() + %s, expires_at)
    WHERE session_id = %s AND {_ALIVE}
    RETURNING session_id, account_id, authenticated_at, idle_until
"""  # noqa: S608 -- a constant
_BY_COOKIE = f"""
    SELECT session_id, account_id, authenticated_at, idle_until
    FROM sso_session JOIN account USING (account_id)
    WHERE cookie_hash = %s AND {_ALIVE} AND is_enabled
"""  # noqa: S608 -- a constant
_BY_ID = f"""
    SELECT session_id, account_id, authenticated_at, idle_until
    FROM sso_session JOIN account USING (account_id)
    WHERE session_id = %s AND {_ALIVE} AND is_enabled
"""  # noqa: S608 -- a constant
_TOUCH = f"""
    UPDATE sso_session SET idle_until = least(now() + %s, expires_at)
    WHERE session_id = %s AND {_ALIVE}
    RETURNING session_id, account_id, authenticated_at, idle_until
"""  # noqa: S608 -- a constant
_ROTATE = """
    UPDATE client_session SET refresh_id = %(fresh)s
    WHERE client_session_id = %(client_session)s AND session_id = %(session)s
        AND client_id = %(client)s AND refresh_id = %(presented)s
    RETURNING scope
"""
_KNOWN = "SELECT 1 FROM client_session WHERE client_session_id = %s AND session_id = %s"
_GIVE = """
    INSERT INTO client_session (client_session_id, session_id, client_id, scope, refresh_id)
    VALUES (%s, %s, %s, %s, %s)
"""
_END = "DELETE FROM sso_session WHERE session_id = %s"
_END_ALL = "DELETE FROM sso_session WHERE account_id = %s"
_TAKE_BACK = "DELETE FROM client_session WHERE client_session_id = %s"
_TAKE_BACK_ALL = "DELETE FROM client_session WHERE session_id = %s AND client_id = %s"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in in one browser."""

    session_id: UUID
    account_id: UUID
    authenticated_at: datetime
    idle_until: datetime


@dataclass(frozen=True, slots=True)
class ClientSession:
    """A client's share of a session; `refresh_id` names the only refresh token that is good."""

    client_session_id: UUID
    session_id: UUID
    client_id: str
    scope: str
    refresh_id: UUID


class Sessions:
    """The tables of sessions and of clients' shares in them."""

    def __init__(self, database: Database, settings: IdentitySettings) -> None:
        self._database = database
        self._idle = settings.session_idle
        self._life = settings.session_life

    async def begin(self, account_id: UUID, former: Session | None) -> tuple[Session, str]:
        """Sign somebody in and return the session with the new value of its cookie.

        The browser's former session is renewed if it is the same person's, else it ends.
        """
        cookie = new_secret()
        if former is not None and former.account_id == account_id:
            values = (digest(cookie), self._idle, former.session_id)
            renewed = await self._one(_RENEW, values)
            if renewed is not None:
                return renewed, cookie
        elif former is not None:
            await self.end(former.session_id)
        return await self._begin(account_id, cookie), cookie

    async def _begin(self, account_id: UUID, cookie: str) -> Session:
        values = (uuid7(), digest(cookie), account_id, self._idle, self._life)
        async with self._database.connection() as connection:
            row = await (await connection.execute(_BEGIN, values)).fetchone()
        if row is None:
            raise RuntimeError("An insert returned no row.")
        return Session(**row)

    async def by_cookie(self, cookie: str | None) -> Session | None:
        """Return the living session of a browser."""
        return await self._one(_BY_COOKIE, (digest(cookie),)) if cookie else None

    async def by_id(self, session_id: UUID) -> Session | None:
        """Return a living session."""
        return await self._one(_BY_ID, (session_id,))

    async def end(self, session_id: UUID) -> None:
        """Sign out: codes and refresh tokens of the session die with it."""
        await self._run(_END, (session_id,))

    async def rotate(self, presented: ClientSession) -> tuple[Session, ClientSession] | None:
        """Exchange the current refresh token for the next; an old one ends the whole session."""
        fresh = uuid7()
        values = {
            "fresh": fresh,
            "client_session": presented.client_session_id,
            "session": presented.session_id,
            "client": presented.client_id,
            "presented": presented.refresh_id,
        }
        async with self._database.transaction() as connection:
            cursor = await connection.execute(_TOUCH, (self._idle, presented.session_id))
            touched = await cursor.fetchone()
            row = await (await connection.execute(_ROTATE, values)).fetchone()
            if touched and row:
                share = ClientSession(
                    presented.client_session_id,
                    presented.session_id,
                    presented.client_id,
                    row["scope"],
                    fresh,
                )
                return Session(**touched), share
            await _end_if_stolen(connection, presented)
        return None

    async def take_back(self, client_session_id: UUID) -> None:
        """Make one client's refresh token worthless."""
        await self._run(_TAKE_BACK, (client_session_id,))

    async def take_back_all(self, session_id: UUID, client_id: str) -> None:
        """Make all refresh tokens of a client in a session worthless."""
        await self._run(_TAKE_BACK_ALL, (session_id, client_id))

    async def _one(self, query: str, values: tuple[object, ...]) -> Session | None:
        async with self._database.connection() as connection:
            row = await (await connection.execute(query, values)).fetchone()
        return Session(**row) if row else None

    async def _run(self, query: str, values: tuple[object, ...]) -> None:
        async with self._database.connection() as connection:
            await connection.execute(query, values)


async def _end_if_stolen(connection: Connection, presented: ClientSession) -> None:
    known = (presented.client_session_id, presented.session_id)
    if await (await connection.execute(_KNOWN, known)).fetchone():
        await connection.execute(_END, (presented.session_id,))


async def give(connection: Connection, share: ClientSession) -> None:
    """Note a client's first share of a session."""
    values = (share.client_session_id, share.session_id, share.client_id)
    await connection.execute(_GIVE, (*values, share.scope, share.refresh_id))


async def end_all(connection: Connection, account_id: UUID) -> None:
    """Sign a person out everywhere."""
    await connection.execute(_END_ALL, (account_id,))
