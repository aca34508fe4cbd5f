"""A growing wait after wrong passwords, per address and never for good.

A try is counted before the password is checked, so that many at once cannot pass together;
unknown addresses are counted alike, so that a wait tells nothing.
"""

import hashlib
import math

from backend.kit.database import Connection, Database
from backend.onebox.identity.accounts import email_key
from backend.onebox.identity.settings import IdentitySettings

_WAIT = """
    SELECT extract(epoch FROM wait_until - now())::float8 AS seconds FROM failed_sign_in
    WHERE email_hash = %(email)s AND wait_until > now()
"""
# A day without failures starts the count anew; the wait doubles up to its longest.
_COUNT = """
    INSERT INTO failed_sign_in AS f (email_hash, failures, failed_at, wait_until)
    VALUES (%(email)s, 1, now(), CASE WHEN %(limit)s <= 1 THEN now() + %(first)s END)
    ON CONFLICT (email_hash) DO UPDATE SET
        failures = CASE WHEN f.failed_at < now() - interval '1 day' THEN 1 ELSE f.failures + 1 END,
        failed_at = now(),
        wait_until = CASE
            WHEN f.failed_at < now() - interval '1 day' OR f.failures + 1 < %(limit)s THEN NULL
            ELSE now() + least(
                %(first)s * power(2, least(f.failures + 1 - %(limit)s, 20)), %(longest)s)
        END
        WHERE f.wait_until IS NULL OR f.wait_until <= now()
    RETURNING 1
"""
_CLEAR = "DELETE FROM failed_sign_in WHERE email_hash = %s"


class Throttle:
    """Counts tries and says how long to wait."""

    def __init__(self, database: Database, settings: IdentitySettings) -> None:
        self._database = database
        self._settings = settings

    async def wait_before(self, email: str) -> int | None:
        """Count one try and return None, or the whole seconds left to wait."""
        values = {
            "email": _hash(email),
            "limit": self._settings.failures_before_wait,
            "first": self._settings.first_wait,
            "longest": self._settings.longest_wait,
        }
        async with self._database.connection() as connection:
            row = await (await connection.execute(_COUNT, values)).fetchone()
        return None if row else max(await self.wait_left(email), 1)

    async def wait_left(self, email: str) -> int:
        """Return the whole seconds until the next try is looked at."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_WAIT, {"email": _hash(email)})).fetchone()
        return math.ceil(row["seconds"]) if row else 0

    async def clear(self, email: str) -> None:
        """Forget the failures after a right password."""
        async with self._database.connection() as connection:
            await clear_failures(connection, email)


async def clear_failures(connection: Connection, email: str) -> None:
    """Forget the failures of an address inside the caller's transaction."""
    await connection.execute(_CLEAR, (_hash(email),))


def _hash(email: str) -> bytes:
    return hashlib.sha256(email_key(email).encode()).digest()
