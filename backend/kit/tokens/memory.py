"""Tokens that passed every rule, remembered by their hash until they expire.

What ends a token ends its memory too: its own expiry is looked at each time, and a person's is
forgotten when the provider's key that signed it is withdrawn, renewed or too old to be believed.
Keys of guests and services are configuration: a process that no longer has them starts anew.
"""

import hashlib
import time
from dataclasses import dataclass

from joserfc.jwk import RSAKey

from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.principal import Principal

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Remembered:
    """A checked token: whose it is, until when (Unix time), and the provider's key, if any."""

    principal: Principal
    until: float
    kid: str = ""
    key: RSAKey | None = None


class TokenMemory:
    """The newest good tokens of one process. The tokens themselves are not kept."""

    def __init__(self, keyring: Keyring, most: int = _MOST) -> None:
        self._keyring = keyring
        self._most = most
        self._known: dict[bytes, Remembered] = {}

    async def find(self, token: str) -> Principal | None:
        """Return whose token this is, if it was good before and still is."""
        digest = _digest(token)
        known = self._known.get(digest)
        if known is None:
            return None
        if known.until <= time.time():
            del self._known[digest]
            return None
        if known.key is not None and await self._keyring.key(known.kid) is not known.key:
            self._known.pop(digest, None)
            return None
        return known.principal

    def keep(self, token: str, found: Remembered) -> None:
        """Remember a token that was just checked; the oldest makes room."""
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[_digest(token)] = found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
