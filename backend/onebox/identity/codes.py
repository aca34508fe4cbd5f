"""Authorization codes: one use, 60 seconds, bound to client, address and PKCE challenge."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

from backend.kit.database import Connection, Database
from backend.kit.ids import uuid7
from backend.onebox.identity.opaque import digest, new_secret
from backend.onebox.identity.problems import InvalidGrant
from backend.onebox.identity.sessions import ClientSession, Session, give
from backend.onebox.identity.sign_ins import Asked

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_KEEP = """
    INSERT INTO authorization_code (code_hash, session_id, client_id, redirect_uri, nonce,
                                    code_challenge, scope, expires_at, client_session_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, now() + %s, %s)
"""
_LOCK = """
    SELECT code_hash, session_id, client_id, redirect_uri, nonce, code_challenge, scope,
           client_session_id, is_used, expires_at > now() AS is_fresh
    FROM authorization_code WHERE code_hash = %s FOR UPDATE
"""
_USE = "UPDATE authorization_code SET is_used = true WHERE code_hash = %s"
_TAKE_BACK = "DELETE FROM client_session WHERE client_session_id = %s"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a code was good for."""

    share: ClientSession
    nonce: str | None


@dataclass(frozen=True, slots=True)
class Presented:
    """A code as a client presents it."""

    code: str
    client_id: str
    redirect_uri: str
    verifier: str


class Codes:
    """The table of authorization codes."""

    def __init__(self, database: Database, life: timedelta) -> None:
        self._database = database
        self._life = life

    async def issue(self, session: Session, asked: Asked) -> str:
        """Return a new code for what the client asked."""
        code = new_secret()
        values = (
            digest(code),
            session.session_id,
            asked.client_id,
            asked.redirect_uri,
            asked.nonce,
            asked.code_challenge,
            asked.scope,
            self._life,
            uuid7(),
        )
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, values)
        return code

    async def redeem(self, presented: Presented) -> Redeemed:
        """Use a code up, also when the rest does not fit; a second use takes the tokens back."""
        async with self._database.transaction() as connection:
            redeemed = await _redeem(connection, presented)
        if redeemed is None:
            # Raised after the commit: the code stays used and its tokens taken back.
            raise InvalidGrant
        return redeemed


async def _redeem(connection: Connection, presented: Presented) -> Redeemed | None:
    row = await (await connection.execute(_LOCK, (digest(presented.code),))).fetchone()
    if row is None:
        return None
    if row["is_used"]:
        await connection.execute(_TAKE_BACK, (row["client_session_id"],))
        return None
    await connection.execute(_USE, (row["code_hash"],))
    fits = (
        row["is_fresh"]
        and row["client_id"] == presented.client_id
        and row["redirect_uri"] == presented.redirect_uri
        and _VERIFIER.fullmatch(presented.verifier)
        and hmac.compare_digest(row["code_challenge"], challenge_of(presented.verifier))
    )
    if not fits:
        return None
    share = ClientSession(
        client_session_id=row["client_session_id"],
        session_id=row["session_id"],
        client_id=row["client_id"],
        scope=row["scope"],
        refresh_id=uuid7(),
    )
    await give(connection, share)
    return Redeemed(share, row["nonce"])


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
