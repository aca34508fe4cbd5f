"""The broker of one process: confirms a message only after every consumer has it on disk.

It keeps nothing of its own, so kill -9 loses nothing: an unconfirmed message is still in its
sender's outbox.
"""

import asyncio
from collections.abc import Sequence

from backend.contracts.messages import Envelope
from backend.kit.messaging.broker import ACCEPTED, UNHEARD, Receipt, Subscription


class InProcessBroker:
    """Hands each message straight to the inboxes of its consumers."""

    def __init__(self, *, retry_in_s: float = 1.0) -> None:
        self._subscriptions: list[Subscription] = []
        self._is_running = False
        self._retry = Receipt(is_accepted=False, retry_in_s=retry_in_s)

    def subscribe(self, subscription: Subscription) -> None:
        """Bind a consumer."""
        self._subscriptions.append(subscription)

    async def start(self) -> None:
        """Begin to carry messages."""
        self._is_running = True

    async def stop(self) -> None:
        """Refuse what comes from now on; senders keep it."""
        self._is_running = False

    async def publish(self, window: Sequence[Envelope]) -> list[Receipt]:
        """Deliver the window side by side."""
        return list(await asyncio.gather(*(self._deliver(envelope) for envelope in window)))

    async def _deliver(self, envelope: Envelope) -> Receipt:
        if not self._is_running:
            return self._retry
        hearers = [one for one in self._subscriptions if envelope.type in one.types]
        for subscription in hearers:
            receipt = await subscription.receive(envelope)
            if not receipt.is_accepted:
                return receipt
        return ACCEPTED if hearers else UNHEARD
