"""The ticket service as its callers see it."""

from uuid import UUID

from backend.client.http import ServiceHttp
from backend.contracts.tickets import (
    AdmissionCounts,
    AdmissionCreate,
    AdmissionRead,
    TicketList,
)


class TicketClient:
    """Calls ticket; every method raises the service's problem or Unreachable."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def tickets(self, order_id: UUID, *, token: str) -> TicketList:
        """Return an order's tickets; TicketsMissing before they are made."""
        return await self._http.call(TicketList, "GET", f"/orders/{order_id}/tickets", token=token)

    async def tickets_pdf(self, order_id: UUID, *, token: str) -> bytes:
        """Return the PDF of an order's tickets, its receipt last."""
        return await self._bytes(f"/orders/{order_id}/tickets.pdf", token)

    async def receipt_pdf(self, order_id: UUID, *, token: str) -> bytes:
        """Return the PDF of an order's receipt."""
        return await self._bytes(f"/orders/{order_id}/receipt.pdf", token)

    async def resend(self, order_id: UUID, *, token: str, key: str) -> TicketList:
        """Mail an order's tickets once more; staff only."""
        path = f"/orders/{order_id}/resend"
        return await self._http.call(TicketList, "POST", path, token=token, key=key)

    async def admit(self, body: AdmissionCreate, *, token: str, key: str) -> AdmissionRead:
        """Send a scan; the same key gets the same answer."""
        return await self._http.call(
            AdmissionRead, "POST", "/admissions", token=token, body=body, key=key
        )

    async def admissions(self, screening_key: int, *, token: str) -> AdmissionCounts:
        """Return how many tickets of a screening are sold and admitted."""
        params = {"screening_key": screening_key}
        return await self._http.call(
            AdmissionCounts, "GET", "/admissions", token=token, params=params
        )

    async def keys(self) -> bytes:
        """Return the public keys as the JSON that moviemesh_ticketcode reads. Open to all."""
        return await self._bytes("/keys")

    async def revocations(self, cinema_id: UUID, *, token: str) -> bytes:
        """Return a cinema's signed list of revoked tickets."""
        return await self._bytes(f"/cinemas/{cinema_id}/revocations", token)

    async def relocations(self, cinema_id: UUID, *, token: str) -> bytes:
        """Return a cinema's signed list of moved tickets."""
        return await self._bytes(f"/cinemas/{cinema_id}/relocations", token)

    async def _bytes(self, path: str, token: str | None = None) -> bytes:
        response = await self._http.send("GET", path, token=token)
        return bytes(response.content)
