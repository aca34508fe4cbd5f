"""The identity provider's public keys: fetched when an unknown key id shows up.

Refetched at most every 30 s, so that a flood of invented key ids cannot become a flood of
requests; the last good keys stay usable for 24 h while the provider is away.
"""

import asyncio
import time
from typing import Any, Protocol

import httpx2
from joserfc.jwk import KeySet, RSAKey

from backend.kit.logs import logger

_log = logger(__name__)
_REFETCH_S = 30.0
_USABLE_S = 24 * 3600.0


class Fetch(Protocol):
    """Gets a JSON document."""

    async def __call__(self, url: str) -> Any:
        """Return the decoded document; raises httpx2.HTTPError."""
        ...


class Keyring:
    """RSA keys of one issuer by key id."""

    def __init__(self, url: str, fetch: Fetch) -> None:
        self._url = url
        self._fetch = fetch
        self._keys: dict[str, RSAKey] = {}
        self._asked_at = float("-inf")
        self._good_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> RSAKey | None:
        """Return the key of this id, or None when the issuer does not list it."""
        if key_id not in self._keys:
            await self._refresh(key_id)
        if time.monotonic() - self._good_at > _USABLE_S:
            return None
        return self._keys.get(key_id)

    async def _refresh(self, key_id: str) -> None:
        async with self._lock:
            now = time.monotonic()
            if key_id in self._keys or now - self._asked_at < _REFETCH_S:
                return
            self._asked_at = now
            try:
                keys = KeySet.import_key_set(await self._fetch(self._url))
            except (httpx2.HTTPError, ValueError, KeyError) as error:
                _log.warning("keys of the issuer cannot be fetched", error=repr(error))
                # An issuer that was never reached is asked again soon.
                self._asked_at = now if self._keys else now - _REFETCH_S + 1.0
                return
            self._keys = {
                key.kid: key for key in keys.keys if isinstance(key, RSAKey) and key.kid is not None
            }
            self._good_at = now


def fetched_by(http: httpx2.AsyncClient) -> Fetch:
    """Make a fetch of JSON documents over the process's connections."""

    async def fetch(url: str) -> Any:
        response = await http.get(url, timeout=5.0)
        return response.raise_for_status().json()

    return fetch
