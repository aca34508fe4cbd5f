"""The card provider's page is filled in where this process reaches it."""

from collections.abc import Callable

import httpx2
import pytest

from backend.client.errors import Unreachable
from backend.onebox.demo.payment_page import PaymentPage

_PUBLIC = "http://localhost:12111/c/pay/cs_test_1"


def _page(answer: Callable[[httpx2.Request], httpx2.Response]) -> PaymentPage:
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return PaymentPage(http, "http://127.0.0.1:12111/")


async def test_the_cards_button_is_pressed_on_the_inner_address():
    seen: list[tuple[str, str, bytes]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.method, str(request.url), request.content))
        return httpx2.Response(303, headers={"Location": "http://localhost:8081/en/orders/1"})

    await _page(answer).pay(_PUBLIC, "decline")

    assert seen == [("POST", "http://127.0.0.1:12111/c/pay/cs_test_1", b"card=decline")]


@pytest.mark.parametrize("status", [200, 404, 503])
async def test_a_page_that_leads_nowhere_is_no_payment(status):
    with pytest.raises(Unreachable):
        await _page(lambda _request: httpx2.Response(status)).pay(_PUBLIC)


async def test_a_page_that_is_away_is_no_payment():
    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody there", request=request)

    with pytest.raises(Unreachable):
        await _page(away).pay(_PUBLIC)
