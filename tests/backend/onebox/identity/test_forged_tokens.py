"""Tokens that others made, and ours at the verifier of every service."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.verifier import Trust, Verifier
from tests.backend.onebox.identity.client import EMAIL, PROTOCOL, REALM

pytestmark = pytest.mark.integration


def claims_of(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    claims: dict[str, object] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def hmac_signed(header: dict[str, str], claims: dict[str, object], secret: bytes) -> str:
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def unsigned(claims: dict[str, object]) -> str:
    return hmac_signed({"alg": "none"}, claims, b"").rsplit(".", 1)[0] + "."


@pytest.mark.parametrize("forger", ["none", "public key as secret", "own key", "other realm"])
async def test_forged_access_token_is_refused(app, browser, client, forger):
    claims = claims_of((await client.signed_in(browser))["access_token"])
    keys = app.state.parts.keys
    kid, pair = keys.active.kid, keys.active.pair
    if forger == "none":
        token = unsigned(claims)
    elif forger == "public key as secret":
        token = hmac_signed({"alg": "HS256", "kid": kid}, claims, pair.as_pem(private=False))
    elif forger == "own key":
        own = RSAKey.generate_key(2048)
        token = jwt.encode({"alg": "RS256", "kid": kid}, claims, own, algorithms=["RS256"])
    else:
        other = {**claims, "iss": REALM.replace("moviemesh", "master")}
        token = jwt.encode({"alg": "RS256", "kid": kid}, other, pair, algorithms=["RS256"])

    answer = await browser.http.get(
        f"{PROTOCOL}/userinfo", headers={"Authorization": f"Bearer {token}"}
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


async def test_verifier_of_the_services_believes_our_tokens(browser, client):
    async def fetch(url: str) -> object:
        return (await browser.http.get(url)).json()

    def verifier(audience: str) -> Verifier:
        trust = Trust(audience=audience, issuer=REALM, guest_issuer="moviemesh-auth")
        return Verifier(trust, Keyring(f"{PROTOCOL}/certs", fetch))

    tokens = await client.signed_in(browser)

    principal = await verifier("movies").principal(tokens["access_token"])
    assert sorted(principal.roles) == ["customer", "manager"]
    assert (principal.email, principal.cinemas) == (EMAIL, frozenset({"cinema-mesh"}))
    for kind in ("id_token", "refresh_token"):
        with pytest.raises(Unsigned):
            await verifier("movies").principal(tokens[kind])
    with pytest.raises(Unsigned):
        await verifier("payment").principal(tokens["access_token"])
