"""The public keys: written down before anything is signed with them, listed while doors need them.

Another process may sign with a newer key during a rolling update, so a key id that is not known
here is looked up before it is called unknown.
"""

import time
from datetime import timedelta

from moviemesh_ticketcode import KeyList

from backend.kit.database import Database
from backend.ticket.keys.signing import SigningKeys

_ADD = "INSERT INTO ticket_key (id, public_key) VALUES (%s, %s) ON CONFLICT (id) DO NOTHING"
_SAME = "SELECT id FROM ticket_key WHERE id = %s AND public_key = %s"
# A key stays listed while a process may sign with it, and until a day after its last ticket.
_LISTED = """
    SELECT k.id, k.public_key FROM ticket_key k
    WHERE k.id = ANY(%s) OR k.added_at > clock_timestamp() - interval '1 day' OR EXISTS (
        SELECT 1 FROM ticket t
        WHERE t.key_id = k.id AND t.not_after_at > clock_timestamp() - interval '1 day')
    ORDER BY k.id
"""
_AGAIN_S = 2.0


class KeyIdReused(Exception):  # noqa: N818 -- a fact about the settings
    """The settings give the id of an old key to another one; old tickets would be FORGED."""


class KeyRegistry:
    """Knows which public keys count now. `start` registers the settings' keys."""

    EVERY = timedelta(minutes=1)

    def __init__(self, database: Database, keys: SigningKeys) -> None:
        self._database = database
        self._keys = keys
        self._read_at = float("-inf")
        self.listed = KeyList({})

    async def start(self) -> None:
        """Write new public keys down and read which ones count; raises KeyIdReused."""
        async with self._database.transaction() as connection:
            for key_id, public_key in self._keys.public().items():
                await connection.execute(_ADD, (key_id, public_key))
                same = await connection.execute(_SAME, (key_id, public_key))
                if not same.rowcount:
                    message = f"the ticket key id {key_id} belongs to another key already"
                    raise KeyIdReused(message)
        await self.refresh()

    async def stop(self) -> None:
        """Nothing runs."""

    async def refresh(self) -> None:
        """Read again which keys count; done each minute, so that no scan has to."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_LISTED, (list(self._keys.public()),))
            rows = await cursor.fetchall()
        self.listed = KeyList({row["id"]: bytes(row["public_key"]) for row in rows})
        self._read_at = time.monotonic()

    async def asked_again(self) -> KeyList:
        """Return the keys for somebody who met an unknown one: read anew, but not each time."""
        if time.monotonic() - self._read_at > _AGAIN_S:
            await self.refresh()
        return self.listed
