"""Webhooks: signed events are posted to each endpoint until it answers 2xx, at most three days.

A delivery is a row made with its event, so a stop of the process loses none; several run at once,
so they arrive in any order, and one may arrive twice. The fault switches can hold them back, lose,
repeat and order them.
"""

import asyncio
import hashlib
import hmac
import logging
from datetime import datetime, timedelta

import httpx2

from backend.kit.database import Database
from backend.onebox.stripe_simulator.faults import Faults
from backend.onebox.stripe_simulator.objects import Body, rendered
from backend.onebox.stripe_simulator.settings import SimulatorSettings

BATCH = 20
ORDERED_BATCH = 10_000
_log = logging.getLogger(__name__)

# A claim is a lease: when the process dies while it posts, the row is due again after it.
_CLAIM = """
UPDATE delivery SET attempt = attempt + 1, next_at = %(lease)s
WHERE id IN (
    SELECT id FROM delivery WHERE state = 'PENDING' AND next_at <= %(now)s
    ORDER BY next_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
RETURNING id, event_id, url, attempt
"""
_HOLD = "UPDATE delivery SET state = 'HELD' WHERE state = 'PENDING' AND next_at <= %s"
_EVENT = """
SELECT event.body, (SELECT count(*) FROM delivery
                    WHERE event_id = event.id AND state IN ('PENDING', 'HELD')) AS pending
FROM event WHERE id = %s
"""
_SETTLE = """
UPDATE delivery SET state = %(state)s, next_at = coalesce(%(next)s, next_at),
       last_answer = %(answer)s,
       settled_at = CASE WHEN %(next)s::timestamptz IS NULL THEN %(now)s END
WHERE id = %(id)s AND state = 'PENDING'
"""


class Bell:
    """Wakes the background task before its next look."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, at_most: timedelta) -> None:
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()


def signature(payload: bytes, secret: str, at: int) -> str:
    """Return the Stripe-Signature header: the time, and an HMAC over time and payload."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256)
    return f"t={at},v1={digest.hexdigest()}"


class Deliveries:
    """Posts what is due."""

    def __init__(
        self,
        settings: SimulatorSettings,
        database: Database,
        client: httpx2.AsyncClient,
        faults: Faults,
    ) -> None:
        self._settings = settings
        self._database = database
        self._client = client
        self._faults = faults
        self._secrets = {endpoint.url: endpoint.secret for endpoint in settings.webhook_endpoints}

    async def post_due(self) -> int:
        """Try every delivery that is due once, and return how many were tried."""
        is_ordered = self._faults.webhooks.order != "any"
        rows = await self._claim(ORDERED_BATCH if is_ordered else BATCH)
        if not is_ordered:
            await asyncio.gather(*(self._post(row) for row in rows))
            return len(rows)
        by_id = {row["id"]: row for row in rows}
        for number in self._faults.ordered(list(by_id)):
            await self._post(by_id[number])
        return len(rows)

    async def _claim(self, at_most: int) -> list[Body]:
        now = self._settings.clock()
        values = {"now": now, "lease": now + 2 * self._settings.webhook_limit, "batch": at_most}
        async with self._database.connection() as connection:
            if self._faults.webhooks.held:
                await connection.execute(_HOLD, (now,))
                return []
            return await (await connection.execute(_CLAIM, values)).fetchall()

    async def _post(self, row: Body) -> None:
        secret = self._secrets.get(row["url"])
        if secret is None:
            await self._settle(row, "GIVEN_UP", "this endpoint is not configured any more")
            return
        if self._faults.loses():
            await self._settle(row, "GIVEN_UP", "lost by a fault switch")
            return
        is_taken, answer = await self._send(row, secret)
        for _ in range(self._faults.webhooks.copies - 1):
            await self._send(row, secret)
        if is_taken:
            await self._settle(row, "DELIVERED", answer)
            return
        delays = self._settings.retry_delays
        if row["attempt"] > len(delays):
            await self._settle(row, "GIVEN_UP", answer)
            return
        await self._settle(row, "PENDING", answer, again_after=delays[row["attempt"] - 1])

    async def _send(self, row: Body, secret: str) -> tuple[bool, str]:
        async with self._database.connection() as connection:
            found = await (await connection.execute(_EVENT, (row["event_id"],))).fetchone()
        if found is None:
            return False, "the event is gone"
        event = found["body"] | {"pending_webhooks": found["pending"]}
        return await self.send(row["url"], event, secret, at=self._settings.clock())

    async def send(self, url: str, event: Body, secret: str, *, at: datetime) -> tuple[bool, str]:
        """Post an event once, signed at a time; say whether it was taken, and the answer."""
        payload = rendered(event).encode()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": signature(payload, secret, int(at.timestamp())),
            "user-agent": "Stripe/1.0 (simulator)",
        }
        try:
            reply = await self._client.post(url, content=payload, headers=headers)
        except httpx2.HTTPError as error:
            return False, type(error).__name__
        return reply.is_success, str(reply.status_code)

    async def _settle(
        self, row: Body, state: str, answer: str, *, again_after: timedelta | None = None
    ) -> None:
        now = self._settings.clock()
        values = {
            "id": row["id"],
            "state": state,
            "answer": answer,
            "now": now,
            "next": None if again_after is None else now + again_after,
        }
        async with self._database.connection() as connection:
            await connection.execute(_SETTLE, values)
        if state == "GIVEN_UP":
            _log.warning("a webhook was given up: %s to %s", row["event_id"], row["url"])
