"""(b) Everything that the provider made of late belongs to exactly one attempt or refund of ours.

What we have not learnt yet is learnt now; a session with our reference that no attempt made is
adopted as a stray; the rest is a difference for a person.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from backend.kit.differences import Findings
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import rules
from backend.payment.checkouts import service as checkouts
from backend.payment.parts import Parts
from backend.payment.reconciliation import repository, strays
from backend.payment.reconciliation.horizon import Horizon
from backend.payment.stripe.gateway import Json
from backend.payment.webhooks.service import event_of

Things = Mapping[str, Json]


async def match(parts: Parts, horizon: Horizon) -> Findings:
    """Look at each list; a thing younger than a call in flight is not judged yet."""
    began = datetime.now(UTC)
    judged = began - parts.settings.reconcile_after
    since = horizon.since()
    sessions = _old(await parts.gateway.fetch_made("sessions", since=since), judged)
    intents = _old(await parts.gateway.fetch_made("intents", since=since), judged)
    for charge in _old(await parts.gateway.fetch_made("charges", since=since), judged).values():
        # Each try of an intent is a charge; one without an intent stands for itself.
        intents.setdefault(charge["payment_intent"] or charge["id"], charge)
    every = await parts.gateway.fetch_made("refunds", since=since)
    # A reservation that was let go shows as a refund that moved nothing.
    refunds = _old((one for one in every if one["balance_transaction"]), judged)
    left: dict[str, Json] = {
        **await _left(parts, "sessions", sessions),
        **await _left(parts, "intents", intents),
        **await _left(parts, "refunds", refunds),
    }
    oldest = min((one["created"] for one in left.values()), default=judged.timestamp())
    horizon.seen(min(judged, datetime.fromtimestamp(oldest, UTC)))
    among = frozenset({*sessions, *intents, *refunds})
    return Findings({name: _facts(one) for name, one in left.items()}, among)


def _old(made: Iterable[Json], judged: datetime) -> dict[str, Json]:
    return {one["id"]: one for one in made if one["created"] <= judged.timestamp()}


async def _left(parts: Parts, kind: str, things: Things) -> dict[str, Json]:
    """Learn what is not known, and return what nothing is known of even then."""
    for one in await _unknown(parts, kind, things):
        await _learn(parts, kind, things[one])
    return {one: things[one] for one in await _unknown(parts, kind, things)}


async def _unknown(parts: Parts, kind: str, things: Things) -> list[str]:
    async with parts.database.connection() as connection:
        found = await repository.unknown(connection, **{kind: list(things)})
    return sorted(found[kind])


async def _learn(parts: Parts, kind: str, thing: Json) -> None:
    """Look at the attempt that a thing claims to be of; adopt a session that is nobody's."""
    event = event_of({"id": thing["id"], "data": {"object": thing}})
    async with parts.database.connection() as connection:
        attempt = await attempts.find_by_provider(
            connection, event.session_id, event.intent_id, event.attempt
        )
    if attempt is not None:
        attempt = await checkouts.sync_attempt(parts, *attempt.key)
    if kind != "sessions" or event.attempt is None:
        return
    is_waiting = attempt is not None and attempt.state in rules.UNOPENED
    is_its_own = attempt is not None and attempt.session_id == thing["id"]
    if not is_waiting and not is_its_own:
        await strays.adopt(parts, event.attempt[0], thing)


def _facts(thing: Json) -> dict[str, Any]:
    amount = thing["amount_total"] if "amount_total" in thing else thing["amount"]
    return {
        "what": thing["object"],
        "status": thing["status"],
        "amount_minor": amount,
        "currency": thing["currency"].upper(),
        "made_at": datetime.fromtimestamp(thing["created"], UTC).isoformat(),
    }
