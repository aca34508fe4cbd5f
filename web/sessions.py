"""Whose session a Cookie header is, as auth says, and remembered for some seconds.

The pages of a purchase follow each other closely. What is remembered hangs on the digest of the
very same header, so nobody meets another one's session and a long header takes no room. It ends
with every sign-in and sign-out here; elsewhere within `_KEPT_S`, far less than the token of a
session is good for.
"""

import time
from collections.abc import Callable
from hashlib import sha256

from backend.client.auth import AuthClient
from backend.contracts.sessions import SessionRead
from backend.kit.tokens.signer import ServiceSigner

_KEPT_S = 10.0
_MOST = 10_000


class Sessions:
    """Asks auth, and remembers sessions of browsers that have nothing new to be told."""

    def __init__(
        self, auth: AuthClient, signer: ServiceSigner, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._auth = auth
        self._signer = signer
        self._clock = clock
        self._kept: dict[bytes, tuple[float, SessionRead]] = {}
        self._turn = 0

    async def find(self, cookies: str) -> SessionRead:
        """Return the session of a Cookie header; raises Unreachable."""
        key = sha256(cookies.encode()).digest()
        until, session = self._kept.get(key, (0.0, None))
        if session is not None and self._clock() < until:
            return session
        turn = self._turn
        session = await self._auth.session(cookies, token=self._signer.token("auth"))
        # A sign-out that came in between may have ended this very session.
        if cookies and session.set_cookie is None and turn == self._turn:
            self._keep(key, session)
        return session

    def forget(self) -> None:
        """Ask auth again about everybody: a sign-in or sign-out has changed whose a cookie is."""
        self._turn += 1
        self._kept.clear()

    def _keep(self, key: bytes, session: SessionRead) -> None:
        now = self._clock()
        self._kept.pop(key, None)
        # In the order of their ends: the oldest go when theirs has come, or for want of room.
        while self._kept:
            oldest = next(iter(self._kept))
            if len(self._kept) < _MOST and now < self._kept[oldest][0]:
                break
            del self._kept[oldest]
        self._kept[key] = (now + _KEPT_S, session)
