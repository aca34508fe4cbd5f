"""Follows every message from its sender's outbox to its hearer's inbox, and to its effect."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import sql

from backend.audit.effects import EFFECTS
from backend.audit.invariant import Look
from backend.audit.merging import interleaved, merged
from backend.audit.sources import Row
from backend.contracts.traffic import ROUTES

# Both sides forget a message after 30 days, each in its own hour.
REMEMBERED = timedelta(days=29)
_BATCH = 1_000
# A paid order is long, and no effect is read from its text.
_SENT: LiteralString = """
    SELECT id, type, aggregate_id, version, published_at,
           CASE WHEN type = 'order.paid.v1' THEN '{}' ELSE payload::text END AS payload
    FROM outbox WHERE type = ANY (%(types)s) ORDER BY id
"""
_RECEIVED: LiteralString = """
    SELECT message_id AS id, true AS is_in_inbox, received_at AS at, NULL::text AS error
    FROM inbox WHERE consumer = %(consumer)s
    UNION ALL SELECT message_id, false, coalesce(replayed_at, died_at), error
    FROM dead_letter WHERE consumer = %(consumer)s ORDER BY id
"""
_WITHOUT = sql.SQL("""
    SELECT m.id FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(payloads)s::text[])
        AS told (id, order_id, text), LATERAL (SELECT told.id, told.order_id,
        told.text::jsonb AS payload) AS m WHERE NOT ({effect})
""")


@dataclass(slots=True)
class Passages:
    """What was found on the way; each row names the message."""

    messages: int = 0
    too_young: int = 0
    lost: list[Row] = field(default_factory=list)
    dead: list[Row] = field(default_factory=list)
    unsent: list[Row] = field(default_factory=list)
    effectless: list[Row] = field(default_factory=list)
    poison_taken: list[Row] = field(default_factory=list)


async def followed(look: Look) -> Passages:
    """Follow all messages, once for all invariants that need it."""

    async def follow() -> Passages:
        found = Passages()
        for hearer in sorted({hearer for route in ROUTES.values() for hearer in route.hearers}):
            await _follow_to(look, hearer, found)
        return found

    return await look.once("followed messages", follow)


async def _follow_to(look: Look, hearer: str, found: Passages) -> None:
    types = defaultdict(list)
    for kind, route in ROUTES.items():
        if hearer in route.hearers:
            types[route.sender].append(kind)
    sent = interleaved(
        "id", *(look[sender].stream(_SENT, {"types": kinds}) for sender, kinds in types.items())
    )
    received = look[hearer].stream(_RECEIVED, {"consumer": hearer})
    taken: dict[str, list[Row]] = defaultdict(list)
    async for pair in merged(sent, received, "id"):
        found.messages += 1
        row = {"id": pair.key, "hearer": hearer, **(pair.left[0] if pair.left else {})}
        is_taken = any(each["is_in_inbox"] for each in pair.right)
        _place(look, found, row, received=pair.right)
        if is_taken and pair.left:
            batch = taken[row["type"]]
            batch.append(row)
            if len(batch) == _BATCH:
                await _find_effectless(look, row["type"], batch, found)
                batch.clear()
    for kind, batch in taken.items():
        await _find_effectless(look, kind, batch, found)


def _place(look: Look, found: Passages, row: Row, *, received: list[Row]) -> None:
    """Note a message that is neither taken nor dead, that is dead, or that nobody sent."""
    is_taken = any(each["is_in_inbox"] for each in received)
    is_poison = row["id"] in look.poison
    if "type" not in row:
        if is_taken and not _is_old_or_young(look, row["hearer"], received[0]["at"], found):
            found.unsent.append(row)
        # A dead letter keeps the message itself, wherever it came from.
        elif not is_taken and not is_poison:
            found.dead.append(row | {"error": received[0]["error"]})
    elif is_taken:
        if is_poison:
            found.poison_taken.append(row)
    elif received:
        if not is_poison:
            found.dead.append(row | {"error": received[0]["error"]})
    elif row["published_at"] is not None and not is_poison:
        sender = ROUTES[row["type"]].sender
        if not _is_old_or_young(look, sender, row["published_at"], found):
            found.lost.append(row)


def _is_old_or_young(look: Look, database: str, at: datetime, found: Passages) -> bool:
    """Say whether a message may be forgotten already, or not be heard of yet."""
    age = look[database].at - at
    if age < look.settle_age:
        found.too_young += 1
    return age < look.settle_age or age > REMEMBERED


async def _find_effectless(look: Look, kind: str, batch: list[Row], found: Passages) -> None:
    if not batch:
        return
    values: Mapping[str, object] = {
        "ids": [row["id"] for row in batch],
        "orders": [row["aggregate_id"] for row in batch],
        "payloads": [row["payload"] for row in batch],
    }
    statement = _WITHOUT.format(effect=sql.SQL(EFFECTS[kind]))
    without = {row["id"] for row in await look[batch[0]["hearer"]].rows(statement, values)}
    found.effectless.extend(row for row in batch if row["id"] in without)
