"""(b) Everything that the provider made of late belongs to exactly one attempt or refund of ours.

What we have not learnt yet is learnt now; a session that names us and that no attempt made is
adopted as a stray; the rest is a difference for a person. What another installation at the same
account has made is its own business.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from backend.kit.differences import Findings
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import rules
from backend.payment.checkouts import service as checkouts
from backend.payment.parts import Parts
from backend.payment.reconciliation import repository, strays
from backend.payment.reconciliation.horizon import Horizon
from backend.payment.stripe.gateway import Json, Kind
from backend.payment.webhooks.service import event_of

Things = Mapping[str, Json]


async def match(parts: Parts, horizon: Horizon) -> Findings:
    """Look at each list; a thing younger than a call in flight is not judged yet."""
    began = datetime.now(UTC)
    judged = began - parts.settings.reconcile_after
    since = horizon.since()

    async def made(kind: Kind) -> dict[str, Json]:
        found = await parts.gateway.fetch_made(kind, since=since)
        return {one["id"]: one for one in found if _is_judged(parts, one, judged)}

    sessions, intents = await made("sessions"), await made("intents")
    for charge in (await made("charges")).values():
        # Each try of an intent is a charge; one without an intent stands for itself.
        intents.setdefault(charge["payment_intent"] or charge["id"], charge)
    refunds = await made("refunds")
    left = {
        **await _left(parts, "sessions", sessions),
        **await _left(parts, "intents", intents),
        **await _left(parts, "refunds", await _of_our_payments(parts, refunds)),
    }
    oldest = min((one["created"] for one in left.values()), default=judged.timestamp())
    horizon.seen(min(judged, datetime.fromtimestamp(oldest, UTC)))
    among = frozenset({*sessions, *intents, *refunds})
    return Findings({name: _facts(one) for name, one in left.items()}, among)


def _is_judged(parts: Parts, one: Json, judged: datetime) -> bool:
    """Say whether a thing is old enough, and not another installation's."""
    environment = parts.settings.environment
    is_ours = (one["metadata"] or {}).get("environment", environment) == environment
    return is_ours and bool(one["created"] <= judged.timestamp())


async def _of_our_payments(parts: Parts, refunds: Things) -> dict[str, Json]:
    """Return the refunds that moved money of a payment that is ours: others stand for themselves.

    A reservation that was let go shows as a refund that moved nothing.
    """
    moved = {name: one for name, one in refunds.items() if one["balance_transaction"]}
    intents = {one["payment_intent"]: one for one in moved.values() if one["payment_intent"]}
    others = await _unknown(parts, "intents", intents)
    return {name: one for name, one in moved.items() if one["payment_intent"] not in others}


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
    is_named = (thing["metadata"] or {}).get("environment") == parts.settings.environment
    if kind != "sessions" or event.attempt is None or not is_named:
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
