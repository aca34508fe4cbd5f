"""The tokens of guests, which their own browsers keep: made, read back, and renewed by half-time.

They are never in the cache, since a guest's orders hang on them (2.4 of the rules: a principal
is never shared and never lost with a cache).
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from backend.auth.settings import AuthSettings
from backend.kit.ids import uuid7

_ALGORITHM = "Ed25519"
_AUDIENCE = ["movies", "ticket"]
_LONGEST = 2048
Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account. `is_news` when the browser has to be told the token."""

    subject: str
    token: str
    is_news: bool


class GuestTokens:
    """Signs as the issuer of guests, with a key and an algorithm of its own."""

    def __init__(self, settings: AuthSettings) -> None:
        self._issuer = settings.guest_issuer
        self._key = OKPKey.import_key(settings.guest_key)
        self._life = settings.guest_life
        self._order_life = settings.order_life

    def new(self) -> Guest:
        """Make somebody who was never here before."""
        subject = f"guest:{uuid7()}"
        return Guest(subject, self._signed(subject, self._life), is_news=True)

    def known(self, token: str | None) -> Guest | None:
        """Return the guest of a token of ours; one that is forged or over is nobody's."""
        claims = self._read(token)
        if claims is None or token is None or "order" in claims:
            return None
        subject = str(claims["sub"])
        if claims["exp"] - time.time() > self._life.total_seconds() / 2:
            return Guest(subject, token, is_news=False)
        return Guest(subject, self._signed(subject, self._life), is_news=True)

    def for_order(self, order_id: UUID) -> str:
        """Make a token that opens this one order for a while, and nothing else."""
        return self._signed(f"guest:{uuid7()}", self._order_life, order=str(order_id))

    def order_of(self, token: str) -> UUID | None:
        """Return the order that a token of ours opens."""
        claims = self._read(token)
        return None if claims is None or "order" not in claims else UUID(claims["order"])

    def _signed(self, subject: str, life: timedelta, **more: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "sub": subject,
            "aud": _AUDIENCE,
            "typ": "Guest",
            "iat": now,
            "exp": now + int(life.total_seconds()),
            **more,
        }
        header = {"alg": _ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[_ALGORITHM])

    def _read(self, token: str | None) -> Claims | None:
        if token is None or len(token) > _LONGEST:
            return None
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        is_ours = claims.get("iss") == self._issuer and claims.get("typ") == "Guest"
        return claims if is_ours and claims["exp"] > time.time() else None
