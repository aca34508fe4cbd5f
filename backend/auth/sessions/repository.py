"""People's sessions in the cache, each under the hash of what its browser's cookie says.

The cache may lose them at any moment; then the person signs in again.
"""

import time
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from backend.auth.opaque import digest, new_secret
from backend.auth.provider.grants import Grant, Person
from backend.kit.cache import Cache


@dataclass(frozen=True, slots=True)
class Session:
    """A person, and the tokens by which we speak for them. `key` is the hash of the cookie."""

    key: str
    person: Person
    grant: Grant

    def renewed(self, grant: Grant, person: Person) -> "Session":
        """Return the session after a refresh; not every provider sends an ID token again."""
        kept = replace(grant, id_token=grant.id_token or self.grant.id_token)
        return Session(self.key, person, kept)


_SESSION = TypeAdapter(Session)


class SessionStore:
    """The sessions in the cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def begin(self, grant: Grant, person: Person) -> str:
        """Keep a new session and return the value of its cookie, which never was one before."""
        cookie = new_secret()
        await self.keep(Session(key_of(cookie), person, grant))
        return cookie

    async def find(self, key: str) -> Session | None:
        """Return a session that the cache still has, in the shape that we write."""
        kept = await self._cache.get(_name(key))
        try:
            return None if kept is None else _SESSION.validate_json(kept)
        except ValidationError:
            return None

    async def keep(self, session: Session) -> None:
        """Keep a session for as long as its tokens can be refreshed."""
        left_s = session.grant.refresh_ends_at - time.time()
        await self._cache.put(_name(session.key), _SESSION.dump_json(session), ttl_s=left_s)

    async def end(self, key: str) -> None:
        """Forget a session."""
        await self._cache.forget(_name(key))


def key_of(cookie: str) -> str:
    """Return the key of the session that a cookie names."""
    return digest(cookie)


def _name(key: str) -> str:
    return f"auth:session:{key}"
