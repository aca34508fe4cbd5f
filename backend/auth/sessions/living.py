"""Keeps people's sessions alive: one refresh at a time for each, a little before its token ends.

A refresh token works once, and the provider ends the whole session when it sees one twice. So
whoever refreshes holds the session's lock in the cache, and the others wait for what comes of it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.auth.provider.checks import TokenChecks
from backend.auth.provider.client import Provider
from backend.auth.provider.grants import GrantRefused, ProviderAway
from backend.auth.sessions.repository import Session, SessionStore
from backend.auth.settings import AuthSettings
from backend.kit.cache import Cache
from backend.kit.logs import logger

_log = logger(__name__)
_LOOK_AGAIN_S = 0.02
# Beyond the provider's own limit: fetching its keys anew, and writing the session down.
_SPARE_S = 10.0


class LivingSessions:
    """Finds sessions whose token is good now, and ends sessions."""

    def __init__(
        self, settings: AuthSettings, cache: Cache, *, provider: Provider, checks: TokenChecks
    ) -> None:
        self._cache = cache
        self._provider = provider
        self._checks = checks
        self.store = SessionStore(cache)
        self._early_s = settings.refresh_before_end.total_seconds()
        self._again_s = settings.refresh_again_after.total_seconds()
        self._longest_s = settings.provider_answers_within.total_seconds() + _SPARE_S

    async def find(self, key: str) -> Session | None:
        """Return a session with a good token; None where it is over, or cannot be told for now."""
        session = await self.store.find(key)
        if session is None or not self._is_due(session):
            return session
        async with self._alone(key):
            session = await self.store.find(key)
            if session is not None and self._is_due(session):
                session = await self._refreshed(session)
        return session

    async def end(self, key: str) -> Session | None:
        """End a session and return what it was; a refresh under way cannot bring it back."""
        async with self._alone(key):
            session = await self.store.find(key)
            await self.store.end(key)
        return session

    async def _refreshed(self, session: Session) -> Session | None:
        tried = f"auth:tried:{session.key}"
        if await self._cache.get(tried) is not None:
            return _while_it_lasts(session)
        try:
            grant = await self._provider.refresh(session.grant.refresh_token)
            person = await self._checks.same_person(grant, session.person)
        except ProviderAway:
            await self._cache.put(tried, b"1", ttl_s=self._again_s)
            return _while_it_lasts(session)
        except GrantRefused as refusal:
            _log.info("a session is over", reason=str(refusal))
            await self.store.end(session.key)
            return None
        renewed = session.renewed(grant, person)
        await self.store.keep(renewed)
        return renewed

    def _is_due(self, session: Session) -> bool:
        return session.grant.ends_at - time.time() < self._early_s

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        lock = f"auth:lock:{key}"
        # The time to live frees the lock of a process that died with it.
        while not await self._cache.add(lock, b"1", ttl_s=self._longest_s):  # noqa: ASYNC110 -- another process may hold it
            await asyncio.sleep(_LOOK_AGAIN_S)
        try:
            yield
        finally:
            await self._cache.forget(lock)


def _while_it_lasts(session: Session) -> Session | None:
    """Return a session that cannot be refreshed now: it counts until its token ends."""
    return session if session.grant.ends_at > time.time() else None
