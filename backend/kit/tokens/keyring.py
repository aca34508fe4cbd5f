"""The identity provider's public keys: fetched when an unknown key id shows up.

Refetched at most every 30 s, so that a flood of invented key ids cannot become a flood of
requests; renewed each hour, so that a withdrawn key dies; the last good keys stay usable for 24 h
while the provider is away.
"""

import asyncio
import time
from typing import Any, Protocol

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from backend.kit.logs import logger

_log = logger(__name__)
_REFETCH_S = 30.0
_RENEW_S = 3600.0
_USABLE_S = 24 * 3600.0
_NOT_KEYS = (JoseError, httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError)


class Fetch(Protocol):
    """Gets a JSON document."""

    async def __call__(self, url: str, /) -> Any:
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
        self._renewal: asyncio.Task[None] | None = None

    async def key(self, key_id: str) -> RSAKey | None:
        """Return the key of this id, or None when the issuer does not list it."""
        if key_id not in self._keys:
            await self._refresh(key_id)
        elif self._is_old():
            self._renew(key_id)
        if time.monotonic() - self._good_at > _USABLE_S:
            return None
        return self._keys.get(key_id)

    def _is_old(self) -> bool:
        return time.monotonic() - self._good_at > _RENEW_S

    def _renew(self, key_id: str) -> None:
        """Ask again without letting the caller wait: what is known is good for now."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._refresh(key_id), name="key renewal")

    async def _refresh(self, key_id: str) -> None:
        async with self._lock:
            now = time.monotonic()
            is_known = key_id in self._keys and not self._is_old()
            if is_known or now - self._asked_at < _REFETCH_S:
                return
            self._asked_at = now
            try:
                keys = _signing_keys(await self._fetch(self._url))
            except _NOT_KEYS as error:
                _log.warning("keys of the issuer cannot be fetched", error=repr(error))
                # An issuer that was never reached is asked again soon.
                self._asked_at = now if self._keys else now - _REFETCH_S + 1.0
                return
            self._keys, self._good_at = keys, now


def _signing_keys(document: Any) -> dict[str, RSAKey]:
    """Read the RSA keys that sign; an issuer may list others, for encryption or of other kinds."""
    keys = {
        entry["kid"]: RSAKey.import_key(entry)
        for entry in document["keys"]
        if entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
    }
    if not keys:
        raise ValueError("the issuer lists no key that signs")
    return keys


def fetched_by(http: httpx2.AsyncClient) -> Fetch:
    """Make a fetch of JSON documents over the process's connections."""

    async def fetch(url: str) -> Any:
        response = await http.get(url, timeout=5.0)
        return response.raise_for_status().json()

    return fetch
