"""Deletes what is over, and sees keys that another process rotated."""

import asyncio
from datetime import timedelta

import psycopg

from backend.kit.logs import logger
from backend.onebox.identity.parts import Parts

_EVERY_S = 300.0
# A used code stays for an hour, so that its second use is noticed.
_SWEEPS = (
    "DELETE FROM sign_in WHERE expires_at < now()",
    "DELETE FROM authorization_code WHERE expires_at < now() - interval '1 hour'",
    "DELETE FROM sso_session WHERE least(idle_until, expires_at) < now()",
    "DELETE FROM mailed_action WHERE expires_at < now() - interval '1 hour'",
    "DELETE FROM failed_sign_in WHERE failed_at < now() - interval '1 day'",
    "DELETE FROM account WHERE NOT is_verified AND changed_at < now() - interval '30 days'",
)
_OLD_KEYS = "DELETE FROM signing_key WHERE retired_at < now() - %s"
_KEY_SHOWN = timedelta(days=1)

_log = logger(__name__)


async def sweep(parts: Parts) -> None:
    """Delete everything that is over."""
    async with parts.database.connection() as connection:
        for statement in _SWEEPS:
            await connection.execute(statement)
        # No token lives longer than a session.
        await connection.execute(_OLD_KEYS, (max(_KEY_SHOWN, parts.settings.session_life),))
    await parts.keys.reload()


async def keep_house(parts: Parts) -> None:
    """Sweep every few minutes until cancelled."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await sweep(parts)
        except psycopg.Error as error:
            _log.warning("housekeeping skipped", error=repr(error))
