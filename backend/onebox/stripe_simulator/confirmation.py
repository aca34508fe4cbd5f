"""The moves of an intent: paying with a card, the bank's answer, capture and cancellation.

requires_payment_method, requires_confirmation → requires_action, processing → requires_capture →
succeeded; a decline goes back to requires_payment_method; canceled and succeeded are final. Every
function here is called with the intent locked, and saves it.
"""

from typing import Any

from backend.onebox.stripe_simulator import charges, events, objects
from backend.onebox.stripe_simulator.bodies import refund_body
from backend.onebox.stripe_simulator.cards import UNAUTHENTICATED, Conduct, Decline, card_of
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Work

WAITING = ("requires_payment_method", "requires_confirmation", "requires_action")


async def pay(work: Work, intent: Body, method: Body, *, next_action: Body) -> StripeError | None:
    """Send the intent to the card's bank; a refusal is returned and stays on the intent."""
    card = card_of(method)
    intent |= {"last_payment_error": None, "next_action": None, "payment_method": method["id"]}
    if card.decline is not None:
        return await _refuse(work, intent, method, card.decline)
    if card.conduct is Conduct.CHALLENGES:
        await _move(work, intent, "requires_action", next_action=next_action)
    elif card.conduct is Conduct.TAKES_TIME:
        await _move(work, intent, "processing", processing={"type": "card", "card": {}})
        await work.later(work.settings.slow_card_takes, "settle", intent["id"])
    else:
        await _authorise(work, intent, method)
    return None


async def settle(work: Work, intent: Body) -> None:
    """Let the bank's good answer arrive: after a challenge, or after some time."""
    method = await objects.fetch(work.connection, Kind.METHOD, intent["payment_method"])
    intent |= {"next_action": None, "processing": None}
    await _authorise(work, intent, method)


async def fail_challenge(work: Work, intent: Body) -> None:
    """The buyer did not prove who they are."""
    intent |= {
        "last_payment_error": _payment_error(UNAUTHENTICATED, intent["payment_method"]),
        "payment_method": None,
    }
    await _move(work, intent, "requires_payment_method", next_action=None)


async def capture(work: Work, intent: Body, amount: int) -> None:
    """Take reserved money; what is not taken is released."""
    charge = await objects.fetch(work.connection, Kind.CHARGE, intent["latest_charge"], lock=True)
    await charges.take(work, charge, amount)
    intent |= {"amount_capturable": 0, "amount_received": amount, "status": "succeeded"}
    await objects.save(work.connection, Kind.INTENT, intent)
    await events.emit(work, "charge.captured", charge)
    await events.emit(work, "payment_intent.succeeded", intent)


async def cancel(work: Work, intent: Body, reason: str | None) -> None:
    """End an intent that took nothing; reserved money goes back."""
    held = intent["amount_capturable"]
    intent |= {"amount_capturable": 0, "canceled_at": work.now, "cancellation_reason": reason}
    if held:
        await _give_back(work, intent, expired=reason == "automatic")
    await _move(work, intent, "canceled", next_action=None)


async def _authorise(work: Work, intent: Body, method: Body) -> None:
    charge = await charges.succeed(work, intent, method)
    intent["latest_charge"] = charge["id"]
    if intent["capture_method"] == "manual":
        intent["amount_capturable"] = intent["amount"]
        await events.emit(work, "charge.succeeded", charge)
        await _move(work, intent, "requires_capture")
        await work.later(work.settings.authorisation_lasts, "lapse", intent["id"])
    else:
        await charges.take(work, charge, intent["amount"])
        intent["amount_received"] = intent["amount"]
        await events.emit(work, "charge.succeeded", charge)
        await _move(work, intent, "succeeded")


async def _refuse(work: Work, intent: Body, method: Body, decline: Decline) -> StripeError:
    charge = await charges.fail(work, intent, method, decline)
    error = _payment_error(decline, method["id"]) | {"charge": charge["id"]}
    intent |= {
        "last_payment_error": error,
        "latest_charge": charge["id"],
        "payment_method": None,
    }
    await _move(work, intent, "requires_payment_method")
    more: dict[str, Any] = {
        "charge": charge["id"],
        "decline_code": decline.reason,
        "payment_intent": intent,
    }
    return StripeError(decline.message, status=402, kind="card_error", code=decline.code, more=more)


def _payment_error(decline: Decline, method: str) -> Body:
    return {
        "code": decline.code,
        "decline_code": decline.reason,
        "message": decline.message,
        "payment_method": {"id": method, "object": "payment_method", "type": "card"},
        "type": "card_error",
    }


_EVENT_OF = {
    "canceled": "payment_intent.canceled",
    "processing": "payment_intent.processing",
    "requires_action": "payment_intent.requires_action",
    "requires_capture": "payment_intent.amount_capturable_updated",
    "requires_payment_method": "payment_intent.payment_failed",
    "succeeded": "payment_intent.succeeded",
}


async def _move(work: Work, intent: Body, status: str, **changes: Any) -> None:
    intent |= {"status": status, **changes}
    await objects.save(work.connection, Kind.INTENT, intent)
    await events.emit(work, _EVENT_OF[status], intent)


async def _give_back(work: Work, intent: Body, *, expired: bool) -> None:
    """Release a reservation: the provider shows it as a refund that moved no money."""
    charge = await objects.fetch(work.connection, Kind.CHARGE, intent["latest_charge"], lock=True)
    charge |= {"amount_refunded": charge["amount"], "refunded": True}
    await objects.save(work.connection, Kind.CHARGE, charge)
    refund = refund_body(charge, charge["amount"], work.now) | {
        "reason": "expired_uncaptured_charge" if expired else None
    }
    await objects.insert(work.connection, Kind.REFUND, refund)
    await events.emit(work, "charge.expired" if expired else "charge.refunded", charge)
    await events.emit(work, "refund.created", refund)
