"""Asks movies for the order of a reference and code, so that nothing can be guessed or measured.

Each address has few tries a minute. Every answer comes at a whole multiple of the same time after
the question, whether there is such an order or not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from uuid import UUID

from backend.auth.settings import AuthSettings
from backend.client.movies import MoviesClient
from backend.contracts.orders import Lookup
from backend.contracts.problems import TooMany
from backend.kit.cache import Cache
from backend.kit.tokens.signer import ServiceSigner

_WINDOW_S = 60
_HOME_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads seconds and waits for some; tests have one that needs no time."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class LookupDesk:
    """Counts the tries, asks, and answers in step."""

    def __init__(
        self, settings: AuthSettings, cache: Cache, movies: MoviesClient, clock: Clock | None = None
    ) -> None:
        self._cache = cache
        self._movies = movies
        self._clock = clock or Clock()
        self._signer = ServiceSigner("auth", settings.signing_key)
        self._tries = settings.lookups_per_minute
        self._step_s = settings.lookup_answers_every.total_seconds()

    async def order(self, body: Lookup, address: IPv4Address | IPv6Address) -> UUID:
        """Return the order; raises OrderMissing for a wrong reference or code, and TooMany."""
        tries = await self._cache.count(f"auth:lookups:{place(address)}", ttl_s=_WINDOW_S)
        if tries > self._tries:
            raise TooMany(
                "Too many tries. Wait a minute, then enter the reference and code again.",
                retry_after_s=_WINDOW_S,
            )
        asked_at = self._clock.now()
        try:
            found = await self._movies.look_up(body, token=self._signer.token("movies"))
        finally:
            took_s = self._clock.now() - asked_at
            await self._clock.sleep(left_of_step(took_s, self._step_s))
        return found.order_id


def left_of_step(took_s: float, step_s: float) -> float:
    """Return how long to wait until the next whole step."""
    return step_s - took_s % step_s


def place(address: IPv4Address | IPv6Address) -> str:
    """Return what counts as one visitor: an address, or the network that one home has of IPv6."""
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, _HOME_NETWORK), strict=False))
