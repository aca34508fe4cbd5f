"""The direct command to payment: the same as the outbox's, only sooner.

Both ways are one by (order, attempt). When payment does not answer in time, the message does it.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from backend.client.payment import PaymentClient
from backend.contracts.payments import CheckoutOpen, CheckoutRead
from backend.contracts.problems import Problem
from backend.kit.logs import logger
from backend.kit.tokens.signer import ServiceSigner

_log = logger(__name__)


class Checkouts:
    """Asks payment, within a limit."""

    def __init__(self, client: PaymentClient, signer: ServiceSigner, limit: timedelta) -> None:
        self._client = client
        self._signer = signer
        self._limit_s = limit.total_seconds()

    async def open(self, checkout: CheckoutOpen) -> CheckoutRead | None:
        """Open an attempt now; None when payment did not answer in time."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._client.open(checkout, token=self._signer.token("payment"))
        except (Problem, TimeoutError) as error:
            _log.warning("direct command unanswered", error=repr(error))
            return None

    async def sync(self, order_id: UUID, attempt: int) -> CheckoutRead | None:
        """Ask payment to look at the provider now; None when it did not answer in time."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._client.sync(
                    order_id, attempt, token=self._signer.token("payment")
                )
        except (Problem, TimeoutError) as error:
            _log.warning("sync unanswered", error=repr(error))
            return None
