"""The card provider's hosted page, filled in over HTTP like a browser does."""

from urllib.parse import urlsplit

import httpx2

from backend.client.errors import Unreachable


class PaymentPage:
    """`origin` is where this process reaches the page, whatever its public address is."""

    def __init__(self, http: httpx2.AsyncClient, origin: str) -> None:
        self._http = http
        self._origin = origin.rstrip("/")

    async def pay(self, url: str, card: str = "success") -> None:
        """Press the button of a test card; raises Unreachable."""
        try:
            answer = await self._http.post(
                self._origin + urlsplit(url).path, data={"card": card}, follow_redirects=False
            )
        except httpx2.TransportError as error:
            raise Unreachable from error
        if answer.status_code != httpx2.codes.SEE_OTHER:
            raise Unreachable
