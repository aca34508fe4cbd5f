"""Sign-ins on their way: what we sent along with a browser, kept until it comes back.

An attempt lives in the cache under the hash of its state and is taken out once. It belongs to the
browser that began it, by a cookie: nobody can be signed in by somebody else's answer.
"""

import hmac
from dataclasses import asdict, dataclass
from datetime import timedelta

from pydantic_core import from_json, to_json

from backend.auth.opaque import digest, new_secret
from backend.kit.cache import Cache


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in: PKCE's verifier, the nonce, where it leads, and whose it is."""

    verifier: str
    nonce: str
    return_to: str
    browser_hash: str

    def is_of(self, browser: str | None) -> bool:
        """Say whether this browser began the attempt."""
        return browser is not None and hmac.compare_digest(self.browser_hash, digest(browser))


class Attempts:
    """The attempts in the cache."""

    def __init__(self, cache: Cache, life: timedelta) -> None:
        self._cache = cache
        self._life_s = life.total_seconds()

    async def begin(self, browser: str, return_to: str) -> tuple[str, Attempt]:
        """Keep a new attempt and return it with its state."""
        state = new_secret()
        attempt = Attempt(
            verifier=new_secret(),
            nonce=new_secret(),
            return_to=return_to,
            browser_hash=digest(browser),
        )
        await self._cache.put(_key(state), to_json(asdict(attempt)), ttl_s=self._life_s)
        return state, attempt

    async def take(self, state: str) -> Attempt | None:
        """Return the attempt of a state; a second answer with it finds nothing."""
        kept = await self._cache.take(_key(state))
        return None if kept is None else Attempt(**from_json(kept))


def _key(state: str) -> str:
    return f"auth:attempt:{digest(state)}"
