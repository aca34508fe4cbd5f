"""Webhooks: stored once by their id, answered at once, and only ever a reason to look.

An event whose attempt is not known is kept and tried again, from a minute to a day later.
"""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import service as checkouts
from backend.payment.parts import Parts
from backend.payment.webhooks import repository
from backend.payment.webhooks.repository import Event

_log = logger(__name__)
_LONGEST = timedelta(hours=24)
_TRIES = 10


def event_of(body: dict[str, Any]) -> Event:
    """Read what an event is about. Nothing that it lacks is a reason to refuse it (E23)."""
    thing = (body.get("data") or {}).get("object") or {}
    is_session = thing.get("object") == "checkout.session"
    is_intent = thing.get("object") == "payment_intent"
    noted = thing.get("metadata") or {}
    reference = f"{noted.get('order')}.{noted.get('attempt')}" if "attempt" in noted else None
    return Event(
        id=body["id"],
        type=str(body.get("type", "")),
        session_id=_text(thing.get("id")) if is_session else None,
        intent_id=_text(thing.get("id")) if is_intent else _text(thing.get("payment_intent")),
        reference=_text(thing.get("client_reference_id")) or reference,
    )


async def work(parts: Parts) -> int:
    """Look once at each attempt that due events speak of; return how many events there were."""
    async with parts.database.connection() as connection:
        due = await repository.take_due(connection)
        about: dict[tuple[UUID, int] | None, list[Event]] = {}
        for event in due:
            about.setdefault(await _attempt_of(connection, event), []).append(event)
    await asyncio.gather(*(_serve(parts, key, events) for key, events in about.items()))
    return len(due)


async def _attempt_of(connection: Connection, event: Event) -> tuple[UUID, int] | None:
    attempt = await attempts.find_by_provider(
        connection, event.session_id, event.intent_id, event.attempt
    )
    return None if attempt is None else attempt.key


async def _serve(parts: Parts, key: tuple[UUID, int] | None, events: list[Event]) -> None:
    """Look at an attempt: what is fetched now is newer than all of its events."""
    is_seen = False
    if key is not None:
        try:
            await checkouts.sync_attempt(parts, *key)
            is_seen = True
        except Exception as error:  # noqa: BLE001 -- the guard of the work: one must not stop the others
            _log.warning("webhooks wait", events=[one.id for one in events], error=repr(error))
    async with parts.database.connection() as connection:
        served = [event for event in events if is_seen or not event.is_ours]
        if served:
            await repository.done(connection, served)
        for event in events:
            if event not in served:
                await _park(parts, connection, event)


async def _park(parts: Parts, connection: Connection, event: Event) -> None:
    pause = min(parts.settings.parks_first * 3 ** (event.tries - 1), _LONGEST)
    if event.tries >= _TRIES:
        _log.error("webhook parked for good", event_id=event.id, type=event.type)
    await repository.park(connection, event, pause if event.tries < _TRIES else None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
