"""The parts of the payment service, made once and handed to its endpoints and consumers."""

from dataclasses import dataclass

from backend.kit.database import Database
from backend.kit.messaging.outbox import Relay
from backend.payment.settings import PaymentSettings
from backend.payment.stripe.gateway import Gateway
from backend.payment.work import Work


@dataclass(frozen=True, slots=True)
class Parts:
    """What the features share."""

    settings: PaymentSettings
    database: Database
    relay: Relay
    gateway: Gateway
    work: Work
