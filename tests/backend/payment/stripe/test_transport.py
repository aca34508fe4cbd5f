"""The SDK over our own connections."""

import httpx2
import pytest
import stripe

from backend.payment.stripe.transport import OverHttpx2


async def test_a_request_is_carried_as_it_is():
    seen = []

    def provider(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(202, content=b'{"a": 1}', headers={"request-id": "req_1"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(provider)) as http:
        body, status, headers = await OverHttpx2(http, 7.0).request_async(
            "POST", "http://provider.test/v1/things", {"x-one": "1"}, "a=1&b=2"
        )

    assert (body, status, headers["request-id"]) == (b'{"a": 1}', 202, "req_1")
    (request,) = seen
    assert (request.method, str(request.url)) == ("POST", "http://provider.test/v1/things")
    assert (request.headers["x-one"], request.content) == ("1", b"a=1&b=2")
    assert request.extensions["timeout"] == dict.fromkeys(("connect", "read", "write", "pool"), 7.0)


@pytest.mark.parametrize(
    "error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError]
)
async def test_a_broken_connection_is_the_sdks_own_error(error):
    def provider(request: httpx2.Request) -> httpx2.Response:
        raise error("gone", request=request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(provider)) as http:
        with pytest.raises(stripe.APIConnectionError, match="did not answer") as raised:
            await OverHttpx2(http, 7.0).request_async("GET", "http://provider.test/", {})

    assert raised.value.should_retry is False
