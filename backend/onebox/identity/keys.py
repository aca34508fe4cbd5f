"""The realm's keys: one active RSA key signs, retired ones stay published until tokens are old."""

import asyncio
import secrets
from dataclasses import dataclass

from joserfc.jwk import KeySet, OctKey, RSAKey

from backend.kit.database import Database

_LOAD = "SELECT kid, private_pem, is_active FROM signing_key ORDER BY is_active DESC, created_at"
_INSERT = """
    INSERT INTO signing_key (kid, private_pem, is_active) VALUES (%s, %s, true)
    ON CONFLICT DO NOTHING
"""
_RETIRE = "UPDATE signing_key SET is_active = false, retired_at = now() WHERE is_active"
_RANDOM = """
    INSERT INTO secret (name, value) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING value
"""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key pair and the name that tokens carry."""

    kid: str
    pair: RSAKey


class KeyRing:
    """Holds the keys of the database in memory; `reload` sees a rotation made elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: tuple[SigningKey, ...] = ()
        self._refresh: OctKey | None = None
        self._forms = b""

    async def open(self) -> None:
        """Load the keys; the first start makes them."""
        await self.reload()
        if not self._keys:
            await self._make_active()
        refresh = await self._secret("refresh")
        self._refresh = OctKey.import_key(refresh)
        self._forms = await self._secret("forms")

    async def rotate(self) -> str:
        """Sign with a new key from now on and return its kid; the former stays published."""
        kid, pem = await asyncio.to_thread(_new_pair)
        async with self._database.transaction() as connection:
            await connection.execute(_RETIRE)
            await connection.execute(_INSERT, (kid, pem))
        await self.reload()
        return kid

    async def reload(self) -> None:
        """Read the keys again."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_LOAD)).fetchall()
        self._keys = tuple(
            SigningKey(row["kid"], RSAKey.import_key(row["private_pem"], {"kid": row["kid"]}))
            for row in rows
        )

    @property
    def active(self) -> SigningKey:
        """The key that signs; the database keeps exactly one."""
        return self._keys[0]

    @property
    def published(self) -> KeySet:
        """Every key that may have signed a token still in use."""
        return KeySet([key.pair for key in self._keys])

    @property
    def refresh(self) -> OctKey:
        """The key of refresh tokens, which only we read."""
        if self._refresh is None:
            raise RuntimeError("The key ring was not opened.")
        return self._refresh

    @property
    def forms(self) -> bytes:
        """The key of the tokens in forms."""
        return self._forms

    def certificates(self) -> dict[str, list[dict[str, object]]]:
        """Return the public halves as a JSON Web Key Set."""
        return {
            "keys": [
                {**key.pair.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": "RS256"}
                for key in self._keys
            ]
        }

    async def _make_active(self) -> None:
        kid, pem = await asyncio.to_thread(_new_pair)
        async with self._database.connection() as connection:
            await connection.execute(_INSERT, (kid, pem))
        await self.reload()

    async def _secret(self, name: str) -> bytes:
        async with self._database.connection() as connection:
            cursor = await connection.execute(_RANDOM, (name, secrets.token_bytes(64)))
            row = await cursor.fetchone()
        if row is None:
            raise RuntimeError("An upsert returned no row.")
        return bytes(row["value"])


def _new_pair() -> tuple[str, str]:
    pair = RSAKey.generate_key(2048)
    return pair.thumbprint(), pair.as_pem(private=True).decode()
