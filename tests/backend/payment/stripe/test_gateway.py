"""What the provider's answers mean for a caller: done, refused, or not known."""

import httpx2
import pytest
from pydantic import SecretStr

from backend.payment.stripe.gateway import Declined, Gateway, Unanswered


class Provider:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        self.gateway = Gateway(http, SecretStr("sk_test_1"), "http://provider.test", 7.0)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self.answers.pop(0)


def refusal(status: int, *, kind: str = "invalid_request_error", **more: str) -> httpx2.Response:
    is_replayed = more.pop("replayed", "")
    headers = {"idempotent-replayed": is_replayed} if is_replayed else {}
    error = {"type": kind, "message": "no", **more}
    return httpx2.Response(status, json={"error": error}, headers=headers)


def page(*references: str, has_more: bool) -> httpx2.Response:
    found = [
        {"id": f"cs_{each}", "object": "checkout.session", "client_reference_id": each}
        for each in references
    ]
    return httpx2.Response(200, json={"object": "list", "data": found, "has_more": has_more})


async def test_a_call_carries_its_key_and_exact_body():
    provider = Provider(httpx2.Response(200, json={"id": "re_1", "object": "refund"}))

    done = await provider.gateway.refund("pi_1", 1500, metadata={"refund": "r1"}, key="mm-1")

    (asked,) = provider.asked
    assert done == {"id": "re_1", "object": "refund"}
    assert asked.url.path == "/v1/refunds"
    assert asked.headers["idempotency-key"] == "mm-1"
    assert asked.headers["authorization"] == "Bearer sk_test_1"
    assert asked.content == b"payment_intent=pi_1&amount=1500&metadata[refund]=r1"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refusal(400, code="email_invalid"), "email_invalid"),
        (refusal(404, code="resource_missing"), "resource_missing"),
        (refusal(402, kind="card_error", code="card_declined"), "card_declined"),
        (refusal(400), "InvalidRequestError"),
    ],
)
async def test_a_refusal_is_final(answer, code):
    provider = Provider(answer)

    with pytest.raises(Declined) as refused:
        await provider.gateway.capture("pi_1", 1500, key="mm-1")

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("answer", "is_settled"),
    [
        (refusal(500, kind="api_error"), False),
        (refusal(500, kind="api_error", replayed="true"), True),
        (refusal(503, kind="api_error"), False),
        (refusal(429, kind="api_error", code="lock_timeout"), False),
        (refusal(409, kind="idempotency_error", code="idempotency_key_in_use"), False),
        (refusal(400, kind="idempotency_error"), True),
        (refusal(401), False),
        (refusal(403), False),
        (httpx2.Response(200, content=b"<html>a proxy"), False),
        (httpx2.Response(502, content=b"<html>a proxy"), False),
    ],
)
async def test_what_is_no_refusal_leaves_the_outcome_open(answer, is_settled):
    provider = Provider(answer)

    with pytest.raises(Unanswered) as unknown:
        await provider.gateway.capture("pi_1", 1500, key="mm-1")

    assert unknown.value.is_settled is is_settled


async def test_no_call_is_repeated_by_itself():
    provider = Provider(refusal(500, kind="api_error"), refusal(500, kind="api_error"))

    with pytest.raises(Unanswered):
        await provider.gateway.fetch_session("cs_1")

    assert len(provider.asked) == 1


async def test_a_session_is_looked_for_page_after_page_within_its_time():
    provider = Provider(page("a", "b", has_more=True), page("c", "d", has_more=True))

    found = await provider.gateway.find_session("c", since=100, until=200)

    assert found is not None
    assert found["id"] == "cs_c"
    assert [dict(asked.url.params) for asked in provider.asked] == [
        {"created[gte]": "100", "created[lte]": "200", "limit": "100"},
        {
            "created[gte]": "100",
            "created[lte]": "200",
            "limit": "100",
            "starting_after": "cs_b",
        },
    ]


async def test_a_session_that_is_on_no_page_is_not_there():
    provider = Provider(page("a", has_more=True), page("b", has_more=False))

    assert await provider.gateway.find_session("c", since=100, until=200) is None
    assert provider.answers == []
