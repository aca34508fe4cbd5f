"""Passwords: the rule for choosing one, and argon2 in a small pool so that the loop never waits."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.onebox.identity.problems import Crowded
from backend.onebox.identity.settings import PasswordCosts

T = TypeVar("T")
SHORTEST = 10
LONGEST = 128
MOST_WAITING = 64
_COMMON = (
    "password",
    "parola",
    "qwertyuiop",
    "abcdefghij",
    "iloveyou",
    "letmein",
    "welcome",
    "football",
    "bucuresti",
    "moviemesh",
)
_RUNS = "01234567890123456789 09876543210987654321 qwertyuiopasdfghjklzxcvbnm"


class Weakness(StrEnum):
    """Why a password may not be chosen; each has a text."""

    SHORT = "short"
    LONG = "long"
    PERSONAL = "personal"
    COMMON = "common"


def weakness_of(password: str, *, email: str, name: str) -> Weakness | None:
    """Return what makes the password too easy to guess; None when it may be chosen."""
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    plain = password.casefold()
    personal = [email.casefold(), email.casefold().split("@")[0], *name.casefold().split()]
    bare = plain.strip("0123456789!?.-_ ")
    if any(part in {plain, bare} for part in personal if len(part) > 2):
        return Weakness.PERSONAL
    if len(set(plain)) < 4 or bare in _COMMON or any(plain in run for run in _RUNS.split()):
        return Weakness.COMMON
    return None


class Passwords:
    """Hashes and checks; owns two threads and refuses when too many callers wait."""

    def __init__(self, costs: PasswordCosts) -> None:
        self._hasher = PasswordHasher(
            time_cost=costs.time_cost,
            memory_cost=costs.memory_kib,
            parallelism=costs.parallelism,
        )
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._waiting = 0
        # Checked in place of a hash for unknown people, so that both answers take as long.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hashed(self, password: str) -> str:
        """Return the encoded hash of a password."""
        return await self._run(self._hash, password)

    async def matches(self, password: str, encoded: str | None) -> bool:
        """Say whether the password is the hashed one; never, but as slowly, for None."""
        is_right = await self._run(self._verify, password, encoded or self._nobody)
        return is_right and encoded is not None

    def close(self) -> None:
        """Stop the threads when their work is done."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        if self._waiting >= MOST_WAITING:
            raise Crowded
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def _verify(self, password: str, encoded: str) -> bool:
        try:
            return self._hasher.verify(encoded, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    # "ș" typed on a phone and on a Mac can be different code points.
    return unicodedata.normalize("NFC", password)
