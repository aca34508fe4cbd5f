"""Makes the short tokens by which one service calls another: 60 s, the caller's own key."""

import time

from joserfc import jwt
from joserfc.jwk import OKPKey

from backend.kit.tokens.verifier import Jwk

_LIFE_S = 60


class ServiceSigner:
    """Signs as one service. `key` is its private Ed25519 key as a JWK."""

    def __init__(self, name: str, key: Jwk) -> None:
        self._name = name
        self._key = OKPKey.import_key(key)

    def token(self, audience: str) -> str:
        """Return a token that `audience` believes for a minute."""
        now = int(time.time())
        claims = {
            "iss": self._name,
            "sub": self._name,
            "aud": audience,
            "typ": "Service",
            "iat": now,
            "exp": now + _LIFE_S,
        }
        return jwt.encode({"alg": "Ed25519"}, claims, self._key, algorithms=["Ed25519"])
