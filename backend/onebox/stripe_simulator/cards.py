"""The test cards and what each one's bank does.

Numbers and names are the provider's own, but for the slow card, which is the simulator's.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.onebox.stripe_simulator.objects import Body, new_id


class Conduct(StrEnum):
    """What the bank does when asked to pay."""

    PAYS = "pays"
    DECLINES = "declines"
    CHALLENGES = "challenges"
    TAKES_TIME = "takes_time"


class Refunding(StrEnum):
    """What the bank does with money that comes back."""

    AT_ONCE = "at_once"
    PENDING = "pending"
    FAILS_LATER = "fails_later"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank said no, in the provider's words."""

    code: str
    reason: str
    message: str


_GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
_NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
UNAUTHENTICATED = Decline(
    "payment_intent_authentication_failure",
    "authentication_failure",
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again.",
)


@dataclass(frozen=True, slots=True)
class Card:
    """A card; `name` is its button on the hosted page, `method` its name in the API."""

    name: str
    method: str
    number: str
    brand: str = "visa"
    conduct: Conduct = Conduct.PAYS
    decline: Decline | None = None
    refunding: Refunding = Refunding.AT_ONCE
    is_disputed: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = (
    Card("success", "pm_card_visa", "4242 4242 4242 4242"),
    Card(
        "decline",
        "pm_card_visa_chargeDeclined",
        "4000 0000 0000 0002",
        conduct=Conduct.DECLINES,
        decline=_GENERIC,
    ),
    Card(
        "funds",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "4000 0000 0000 9995",
        conduct=Conduct.DECLINES,
        decline=_NO_FUNDS,
    ),
    Card(
        "challenge",
        "pm_card_authenticationRequired",
        "4000 0000 0000 3220",
        conduct=Conduct.CHALLENGES,
    ),
    Card("slow", "pm_card_slow", "4000 0000 0000 4749", conduct=Conduct.TAKES_TIME),
    Card("mastercard", "pm_card_mastercard", "5555 5555 5555 4444", brand="mastercard"),
    Card(
        "expired",
        "pm_card_chargeDeclinedExpiredCard",
        "4000 0000 0000 0069",
        conduct=Conduct.DECLINES,
        decline=_EXPIRED,
    ),
    Card(
        "refund_pending",
        "pm_card_pendingRefund",
        "4000 0000 0000 7726",
        refunding=Refunding.PENDING,
    ),
    Card(
        "refund_fails",
        "pm_card_refundFail",
        "4000 0000 0000 5126",
        refunding=Refunding.FAILS_LATER,
    ),
    Card("dispute", "pm_card_createDispute", "4000 0000 0000 0259", is_disputed=True),
)
_OTHER_NAMES = {
    "pm_card_chargeDeclined": "decline",
    "pm_card_chargeDeclinedInsufficientFunds": "funds",
    "pm_card_threeDSecure2Required": "challenge",
}
BY_NAME = {card.name: card for card in CARDS}
_BY_METHOD = {card.method: card for card in CARDS} | {
    method: BY_NAME[name] for method, name in _OTHER_NAMES.items()
}
_BY_LAST4 = {card.last4: card for card in CARDS}


def test_card(method: str) -> Card | None:
    """Return the card behind one of the provider's test names, such as pm_card_visa."""
    return _BY_METHOD.get(method)


def card_of(method: Body) -> Card:
    """Return the card behind a stored payment method, or behind a charge's details of one."""
    return _BY_LAST4[method["card"]["last4"]]


def method_body(card: Card, now: int, *, email: str | None = None) -> Body:
    """Return a new payment method of the card."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing(email),
        "card": {
            "brand": card.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "RO",
            "display_brand": card.brand,
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"simulated{card.last4}",
            "funding": "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def billing(email: str | None) -> Body:
    return {"address": None, "email": email, "name": None, "phone": None, "tax_id": None}
