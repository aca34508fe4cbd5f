"""Refunds: money that goes back, at once, later, or not after all."""

from typing import Any

from backend.onebox.stripe_simulator import balance, events, objects
from backend.onebox.stripe_simulator.bodies import kept, refund_body
from backend.onebox.stripe_simulator.cards import Refunding, card_of
from backend.onebox.stripe_simulator.errors import no_such, wrong, wrong_state
from backend.onebox.stripe_simulator.money import written
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Ask, Work


async def create(work: Work, ask: Ask) -> Body:
    params = ask.params
    charge = await _charge(work, params)
    return await make(
        work,
        charge,
        params.get("amount"),
        refunding=card_of(charge["payment_method_details"]).refunding,
        noted={
            "metadata": kept(params.get("metadata", {})),
            "reason": params.get("reason"),
        },
    )


async def make(
    work: Work,
    charge: Body,
    amount: int | None,
    *,
    refunding: Refunding,
    noted: Body | None = None,
) -> Body:
    """Refund an amount of a locked charge, or all that is left of it."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    _check(charge, amount, left)
    refund = refund_body(charge, amount, work.now) | (noted or {})
    if refunding is Refunding.PENDING:
        refund |= {"pending_reason": "processing", "status": "pending"}
    await _book(work, refund, "refund")
    await objects.insert(work.connection, Kind.REFUND, refund)
    await _return(work, charge, amount)
    await events.emit(work, "refund.created", refund)
    await events.emit(work, "charge.refunded", charge)
    if refunding is not Refunding.AT_ONCE:
        action = "finish_refund" if refunding is Refunding.PENDING else "fail_refund"
        await work.later(work.settings.slow_refund_takes, action, refund["id"])
    return refund


async def _charge(work: Work, params: Body) -> Body:
    if ("charge" in params) == ("payment_intent" in params):
        raise wrong(
            "One of the following params should be provided for this request: "
            "payment_intent or charge.",
            "parameter_missing",
        )
    if "charge" in params:
        return await objects.fetch(
            work.connection, Kind.CHARGE, params["charge"], param="charge", lock=True
        )
    intent = await objects.find(work.connection, Kind.INTENT, params["payment_intent"])
    if intent is None:
        raise no_such("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise wrong_state(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            payment_intent=intent,
        )
    return await objects.fetch(work.connection, Kind.CHARGE, intent["latest_charge"], lock=True)


def _check(charge: Body, amount: int, left: int) -> None:
    if not charge["captured"]:
        raise wrong("This charge has not been captured: cancel it instead.", None, "charge")
    if charge["disputed"]:
        raise wrong("This charge has been disputed.", "charge_disputed", "charge")
    if charge["refunded"]:
        raise wrong(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if amount > left:
        currency = charge["currency"]
        raise wrong(
            f"Refund amount ({written(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({written(left, currency)})",
            None,
            "amount",
        )


async def _book(work: Work, refund: Body, kind: str) -> None:
    sign = -1 if kind == "refund" else 1
    movement = await balance.move(
        work,
        kind,
        amount=sign * refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
    )
    name = "balance_transaction" if kind == "refund" else "failure_balance_transaction"
    refund[name] = movement["id"]


async def _return(work: Work, charge: Body, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    await objects.save(work.connection, Kind.CHARGE, charge)


async def finish(work: Work, identity: str) -> None:
    """The bank took the money back at last."""
    refund = await objects.fetch(work.connection, Kind.REFUND, identity, lock=True)
    if refund["status"] == "pending":
        await _settle(work, refund, pending_reason=None, status="succeeded")


async def fail(work: Work, identity: str) -> None:
    """The bank sent the money back: the refund did not reach the buyer."""
    refund = await objects.fetch(work.connection, Kind.REFUND, identity)
    charge = await objects.fetch(work.connection, Kind.CHARGE, refund["charge"], lock=True)
    if refund["status"] == "failed":
        return
    await _book(work, refund, "refund_failure")
    await _return(work, charge, -refund["amount"])
    reason = "expired_or_canceled_card"
    await _settle(work, refund, failure_reason=reason, pending_reason=None, status="failed")
    await events.emit(work, "refund.failed", refund)


async def _settle(work: Work, refund: Body, **changes: Any) -> None:
    refund |= changes
    await objects.save(work.connection, Kind.REFUND, refund)
    await events.emit(work, "refund.updated", refund)


async def retrieve(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.REFUND, ask.identity, param="refund")


async def list_all(work: Work, ask: Ask) -> Body:
    return await objects.page(
        work.connection,
        Kind.REFUND,
        ask.params,
        url="/v1/refunds",
        where=("charge", "payment_intent"),
    )
