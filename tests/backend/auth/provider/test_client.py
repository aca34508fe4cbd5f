"""What auth makes of the provider's answers, and of none."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from backend.auth.provider.client import Provider
from backend.auth.provider.grants import GrantRefused, ProviderAway
from tests.backend.auth.rig import INSIDE, SECRET, auth_settings

TOKENS = {
    "access_token": "a",
    "refresh_token": "r",
    "expires_in": 300,
    "refresh_expires_in": 1800,
}


def provider(answer: Callable[[httpx2.Request], httpx2.Response]) -> Provider:
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return Provider(auth_settings(), http)


async def test_code_is_redeemed_inside_with_verifier_and_secret():
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json=TOKENS)

    grant = await provider(answer).redeem("c&d", "the verifier")

    (request,) = seen
    name_and_secret = httpx2.BasicAuth("web", SECRET.replace(" ", "+").replace("'", "%27"))
    expected = next(name_and_secret.auth_flow(httpx2.Request("GET", "http://x")))
    assert str(request.url) == f"{INSIDE}/protocol/openid-connect/token"
    assert request.headers["authorization"] == expected.headers["authorization"]
    assert dict(httpx2.QueryParams(request.content.decode())) == {
        "grant_type": "authorization_code",
        "code": "c&d",
        "redirect_uri": "http://localhost:8081/auth/callback",
        "code_verifier": "the verifier",
    }
    assert (grant.access_token, grant.refresh_token, grant.id_token) == ("a", "r", None)
    assert grant.refresh_ends_at - grant.ends_at == 1500


async def test_invalid_grant_is_final():
    refusing = provider(lambda _: httpx2.Response(400, json={"error": "invalid_grant"}))

    with pytest.raises(GrantRefused):
        await refusing.refresh("r")


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(400, json={"error": "invalid_request"}),
        httpx2.Response(400, text="<html>"),
        httpx2.Response(401, json={"error": "invalid_client"}),
        httpx2.Response(429),
        httpx2.Response(500, json={"error": "invalid_grant"}),
        httpx2.Response(503, text="down"),
        httpx2.Response(302, headers={"location": "http://elsewhere.example"}),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(200, json=[]),
        httpx2.Response(200, json={"access_token": "a"}),
        httpx2.Response(200, json={**TOKENS, "expires_in": "soon"}),
    ],
)
async def test_any_other_answer_is_no_verdict(answer):
    with pytest.raises(ProviderAway):
        await provider(lambda _: answer).refresh("r")


async def test_nobody_there_is_no_verdict():
    def nobody(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody there")

    with pytest.raises(ProviderAway):
        await provider(nobody).redeem("c", "v")


async def test_provider_that_never_answers_is_given_up():
    class Silent(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, _request: httpx2.Request) -> httpx2.Response:
            await asyncio.Event().wait()
            raise AssertionError

    settings = auth_settings(provider_answers_within=timedelta(milliseconds=20))
    silent = Provider(settings, httpx2.AsyncClient(transport=Silent()))

    with pytest.raises(ProviderAway):
        await silent.greet()


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, json={"issuer": "http://localhost:8180/realms/other"}),
        httpx2.Response(200, text="<html>"),
        httpx2.Response(404, json={}),
        httpx2.Response(503),
    ],
)
async def test_another_realm_is_not_sent_anybody(answer):
    with pytest.raises(ProviderAway):
        await provider(lambda _: answer).greet()


async def test_realm_is_greeted_where_services_reach_it():
    seen: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return httpx2.Response(200, json={"issuer": auth_settings().oidc_issuer})

    await provider(answer).greet()

    assert seen == [f"{INSIDE}/.well-known/openid-configuration"]
