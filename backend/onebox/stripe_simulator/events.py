"""Events: what happened, kept with its effect in one transaction, and heard by every endpoint."""

from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from backend.onebox.stripe_simulator import objects
from backend.onebox.stripe_simulator.objects import Body, Kind, new_id
from backend.onebox.stripe_simulator.work import Ask, Work

# The version that the SDK pins; a test compares them.
API_VERSION = "2026-10-28.endive"

_EMIT = """
WITH made AS (INSERT INTO event (id, body) VALUES (%(id)s, %(body)s) RETURNING id)
INSERT INTO delivery (event_id, url, next_at)
SELECT made.id, endpoint.url, %(at)s FROM made, unnest(%(urls)s::text[]) AS endpoint (url)
"""
_PENDING = """
SELECT event_id, count(*) AS pending FROM delivery
WHERE event_id = ANY (%s) AND state IN ('PENDING', 'HELD') GROUP BY event_id
"""
_ALL_DELIVERED = """
%s = NOT EXISTS
  (SELECT FROM delivery WHERE event_id = event.id AND state <> 'DELIVERED')
"""


async def emit(work: Work, name: str, subject: Body) -> None:
    """Record that something happened to the subject, as it is now."""
    body: Body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": work.now,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": work.request_id, "idempotency_key": work.idempotency_key},
        "type": name,
    }
    urls = [endpoint.url for endpoint in work.settings.webhook_endpoints]
    await work.connection.execute(
        _EMIT, {"id": body["id"], "body": Jsonb(body), "at": work.at, "urls": urls}
    )
    work.emitted = True


async def retrieve(work: Work, ask: Ask) -> Body:
    body = await objects.fetch(work.connection, Kind.EVENT, ask.identity)
    await _count_pending(work, [body])
    return body


async def list_all(work: Work, ask: Ask) -> Body:
    extra = []
    if "types" in ask.params:
        extra.append((SQL("type = ANY (%s)"), ask.params["types"]))
    if "delivery_success" in ask.params:
        extra.append((SQL(_ALL_DELIVERED), ask.params["delivery_success"]))
    found = await objects.page(
        work.connection,
        Kind.EVENT,
        ask.params,
        url="/v1/events",
        where=("type",),
        extra=tuple(extra),
    )
    await _count_pending(work, found["data"])
    return found


async def _count_pending(work: Work, bodies: list[Body]) -> None:
    cursor = await work.connection.execute(_PENDING, ([body["id"] for body in bodies],))
    pending = {row["event_id"]: row["pending"] for row in await cursor.fetchall()}
    for body in bodies:
        body["pending_webhooks"] = pending.get(body["id"], 0)
