"""Calls the payment service; only movies may."""

from uuid import UUID

from backend.client.http import ServiceHttp
from backend.contracts.payments import CheckoutOpen, CheckoutRead


class PaymentClient:
    """The payment service. `token` is the caller's service token."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def open(self, checkout: CheckoutOpen, *, token: str) -> CheckoutRead:
        """Open an attempt, or return the one that is open."""
        return await self._http.call(
            CheckoutRead,
            "PUT",
            f"/checkouts/{checkout.order_id}/{checkout.attempt}",
            token=token,
            body=checkout,
            key=f"{checkout.order_id}.{checkout.attempt}",
        )

    async def sync(self, order_id: UUID, attempt: int, *, token: str) -> CheckoutRead:
        """Have payment look at the provider now."""
        return await self._http.call(
            CheckoutRead, "POST", f"/checkouts/{order_id}/{attempt}/sync", token=token
        )
