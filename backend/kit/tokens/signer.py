"""Makes the short tokens by which one service calls another: 60 s, the caller's own key."""

import time

from joserfc import jwt
from joserfc.jwk import OKPKey

from backend.kit.tokens.verifier import Jwk

_LIFE_S = 60
# What is left of a token when it is used for the last time: the call must still arrive with it.
_LEAST_S = 20


class ServiceSigner:
    """Signs as one service. `key` is its private Ed25519 key as a JWK."""

    def __init__(self, name: str, key: Jwk) -> None:
        self._name = name
        self._key = OKPKey.import_key(key)
        self._made: dict[str, tuple[str, int]] = {}

    def token(self, audience: str) -> str:
        """Return a token that `audience` believes for a minute; it serves many calls."""
        now = int(time.time())
        token, made_at = self._made.get(audience, ("", 0))
        # A clock that was set back must not keep a token of the future in use.
        if not 0 <= now - made_at <= _LIFE_S - _LEAST_S:
            token = self._signed(audience, now)
            self._made[audience] = (token, now)
        return token

    def _signed(self, audience: str, now: int) -> str:
        claims = {
            "iss": self._name,
            "sub": self._name,
            "aud": audience,
            "typ": "Service",
            "iat": now,
            "exp": now + _LIFE_S,
        }
        return jwt.encode({"alg": "Ed25519"}, claims, self._key, algorithms=["Ed25519"])
