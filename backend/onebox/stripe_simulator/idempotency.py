"""Idempotency-Key as the provider does it: the first answer is kept with its effect, and replayed.

Kept for 24 hours, also answers that are errors, but not refusals of the parameters' shape, which
began nothing. A second call while the first runs is refused.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from backend.onebox.stripe_simulator.errors import key_in_use, key_reused, wrong
from backend.onebox.stripe_simulator.objects import Body
from backend.onebox.stripe_simulator.work import Work

KEPT_FOR = timedelta(hours=24)
LONGEST = 255

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0)) AS is_ours"
_FIND = """
SELECT path, params_hash, status, body, request_id FROM idempotency_key
WHERE key = %s AND made_at > %s
"""
_KEEP = """
INSERT INTO idempotency_key
  (key, path, params_hash, status, body, request_id, made_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET path = excluded.path,
  params_hash = excluded.params_hash, status = excluded.status, body = excluded.body,
  request_id = excluded.request_id, made_at = excluded.made_at
"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the one account that the simulator keeps, and what was asked with it."""

    key: str
    path: str
    params_hash: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given the first time."""

    status: int
    body: str
    request_id: str


def key_of(key: str, path: str, params: Body) -> Key:
    if len(key) > LONGEST or not key.isprintable():
        raise wrong("Idempotency keys can have up to 255 characters.", None)
    text = json.dumps(params, sort_keys=True)
    return Key(key, path, hashlib.sha256(text.encode()).digest())


async def kept(work: Work, key: Key) -> Kept | None:
    """Own the key until the transaction's end, or return its answer; raises StripeError."""
    cursor = await work.connection.execute(_LOCK, (f"idempotency {key.key}",))
    row = await cursor.fetchone()
    if row is None or not row["is_ours"]:
        raise key_in_use(key.key)
    cursor = await work.connection.execute(_FIND, (key.key, work.at - KEPT_FOR))
    row = await cursor.fetchone()
    if row is None:
        return None
    if row["path"] != key.path:
        raise key_reused(
            "Keys for idempotent requests can only be used for the same endpoint they were first "
            f"used for ('{key.path}' vs '{row['path']}'). Try using a key other than '{key.key}' "
            "if you meant to execute a different request."
        )
    if row["params_hash"] != key.params_hash:
        raise key_reused(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key.key}' if you meant to execute a "
            "different request."
        )
    return Kept(row["status"], row["body"], row["request_id"])


async def keep(work: Work, key: Key, answer: Kept) -> None:
    """Store the answer in the transaction of its effect."""
    await work.connection.execute(
        _KEEP,
        (key.key, key.path, key.params_hash, answer.status, answer.body,
         answer.request_id, work.at),
    )  # fmt: skip


async def forget_old(work: Work) -> int:
    cursor = await work.connection.execute(
        "DELETE FROM idempotency_key WHERE made_at < %s", (work.at - KEPT_FOR,)
    )
    return cursor.rowcount
