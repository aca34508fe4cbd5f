"""Charges: each try to take an intent's money, good or bad."""

from backend.onebox.stripe_simulator import balance, events, money, objects
from backend.onebox.stripe_simulator.bodies import words
from backend.onebox.stripe_simulator.cards import Card, Decline, billing, card_of
from backend.onebox.stripe_simulator.objects import Body, Kind, new_id
from backend.onebox.stripe_simulator.work import Ask, Work

_NULLS = words(
    "application application_fee application_fee_amount balance_transaction customer "
    "failure_balance_transaction failure_code failure_message on_behalf_of receipt_number "
    "receipt_url review shipping source source_transfer transfer_data transfer_group"
)


async def succeed(work: Work, intent: Body, method: Body) -> Body:
    """Reserve the intent's money; it is taken by `take`."""
    card = card_of(method)
    body = _body(work, intent, method) | {
        "authorization_code": new_id("", 6)[1:].upper(),
        "paid": True,
        "status": "succeeded",
        "outcome": _outcome(card, None),
    }
    return await objects.insert(work.connection, Kind.CHARGE, body)


async def fail(work: Work, intent: Body, method: Body, decline: Decline) -> Body:
    """Record a try that the bank refused."""
    body = _body(work, intent, method) | {
        "failure_code": decline.code,
        "failure_message": decline.message,
        "outcome": _outcome(card_of(method), decline),
        "paid": False,
        "status": "failed",
    }
    await objects.insert(work.connection, Kind.CHARGE, body)
    await events.emit(work, "charge.failed", body)
    return body


def _body(work: Work, intent: Body, method: Body) -> Body:
    lasts = int(work.settings.authorisation_lasts.total_seconds())
    card = {name: method["card"][name] for name in ("brand", "last4", "exp_month", "exp_year")}
    return dict.fromkeys(_NULLS) | {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": billing(method["billing_details"]["email"]),
        "calculated_statement_descriptor": "CINEMA MESH",
        "captured": False,
        "created": work.now,
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": card
            | {
                "amount_authorized": intent["amount"],
                "capture_before": work.now + lasts,
                "country": method["card"]["country"],
                "fingerprint": method["card"]["fingerprint"],
                "funding": method["card"]["funding"],
                "network": method["card"]["brand"],
                "wallet": None,
            },
            "type": "card",
        },
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
    }


def _outcome(card: Card, decline: Decline | None) -> Body:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.reason if decline else None,
        "risk_level": "elevated" if card.is_disputed else "normal",
        "seller_message": decline.message if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


async def take(work: Work, charge: Body, amount: int) -> Body:
    """Move reserved money to the balance."""
    currency = charge["currency"]
    movement = await balance.move(
        work,
        "charge",
        amount=amount,
        currency=currency,
        source=charge["id"],
        fee=money.fee(amount, currency),
    )
    charge |= {"amount_captured": amount, "balance_transaction": movement["id"], "captured": True}
    if card_of(charge["payment_method_details"]).is_disputed:
        await work.later(work.settings.dispute_comes_after, "dispute", charge["id"])
    return await objects.save(work.connection, Kind.CHARGE, charge)


async def retrieve(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.CHARGE, ask.identity, param="charge")


async def list_all(work: Work, ask: Ask) -> Body:
    return await objects.page(
        work.connection, Kind.CHARGE, ask.params, url="/v1/charges", where=("payment_intent",)
    )
