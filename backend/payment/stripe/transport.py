"""Carries the SDK's calls over the process's own connections, without retries of its own.

The SDK's own asynchronous transport wants httpx; retries are ours, because each must be committed
before it is sent.
"""

from collections.abc import Mapping
from typing import Any

import httpx2
import stripe


class OverHttpx2(stripe.HTTPClient):
    """The SDK's HTTP port."""

    name = "httpx2"

    def __init__(self, http: httpx2.AsyncClient, limit_s: float) -> None:
        super().__init__()
        self._http = http
        self._limit_s = limit_s

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send one request; raises the SDK's connection error."""
        try:
            answer = await self._http.request(
                method, url, headers=dict(headers), content=post_data, timeout=self._limit_s
            )
        except httpx2.TransportError as error:
            message = f"the provider did not answer: {error!r}"
            raise stripe.APIConnectionError(message) from error  # type: ignore[no-untyped-call]  # -- the SDK's
        return answer.content, answer.status_code, answer.headers

    async def sleep_async(self, secs: float) -> None:
        """Never sleep: this transport does not retry."""
        del secs
