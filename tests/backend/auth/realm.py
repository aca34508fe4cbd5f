"""A provider that answers whatever a test wants: it signs, rotates, lies, stalls and refuses."""

import asyncio
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey

from backend.auth.provider.grants import Grant, Person
from tests.backend.onebox.identity.browser import ORIGIN

ISSUER = f"{ORIGIN}/realms/moviemesh"
KEY = RSAKey.generate_key(2048, parameters={"kid": "realm-1"})
OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "realm-1"})
ANA = Person("ana", "Ana Pop", "ana@mesh.example", ("customer",), ("mesh",))


@dataclass
class FakeRealm(httpx2.AsyncBaseTransport):
    """`refusal` is answered instead of tokens; `wait` holds the token endpoint back."""

    claims: dict[str, Any] = field(default_factory=dict)
    refusal: httpx2.Response | None = None
    wait: asyncio.Event | None = None
    lives: int = 300
    issuer: str = ISSUER
    given: int = 0
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        page = request.url.path.rpartition("/")[2]
        if page == "openid-configuration":
            return httpx2.Response(200, json={"issuer": self.issuer})
        if page == "certs":
            return httpx2.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        assert page == "token", page
        self.asked.append(dict(parse_qsl((await request.aread()).decode())))
        self.was_asked.set()
        if self.wait is not None:
            await self.wait.wait()
        return self.refusal or self._tokens(self.asked[-1])

    def _tokens(self, form: dict[str, str]) -> httpx2.Response:
        is_refresh = form["grant_type"] == "refresh_token"
        if is_refresh and form["refresh_token"] != f"refresh-{self.given}":
            return invalid_grant()
        self.given += 1
        access = signed(access_claims())
        body = {
            "access_token": access,
            "refresh_token": f"refresh-{self.given}",
            "expires_in": self.lives,
            "refresh_expires_in": 7200,
        }
        if not is_refresh:
            body["id_token"] = signed(id_claims(access) | self.claims)
        return httpx2.Response(200, json=body)


def invalid_grant() -> httpx2.Response:
    return httpx2.Response(400, json={"error": "invalid_grant"})


def id_claims(access: str) -> dict[str, Any]:
    """Return the claims of a good ID token; the nonce is for the test to add."""
    now = int(time.time())
    half = sha256(access.encode()).digest()[:16]
    return {
        "iss": ISSUER,
        "aud": "web",
        "azp": "web",
        "typ": "ID",
        "sub": "ana",
        "name": "Ana Pop",
        "iat": now,
        "exp": now + 300,
        "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
    }


def access_claims(**changed: Any) -> dict[str, Any]:
    """Return the claims of a good access token."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": ["movies", "ticket"],
        "azp": "web",
        "typ": "Bearer",
        "sub": "ana",
        "realm_access": {"roles": ["customer"]},
        "cinemas": ["mesh"],
        "email": "ana@mesh.example",
        "email_verified": True,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 300,
        **changed,
    }


def signed(claims: dict[str, Any], key: RSAKey = KEY, **header: Any) -> str:
    """Sign a token as the realm does."""
    head = {"alg": "RS256", "kid": "realm-1", **header}
    return jwt.encode(head, claims, key, algorithms=[head["alg"]])


def grant(*, ends_in_s: float = 300, refresh_token: str = "refresh-0") -> Grant:
    """Return tokens of Ana as they might be kept."""
    now = time.time()
    access = signed(access_claims())
    return Grant(access, refresh_token, None, now + ends_in_s, now + 7200)


def asked_of(location: str) -> dict[str, str]:
    """Return the parameters with which a browser was sent to the provider."""
    return dict(parse_qsl(urlsplit(location).query))
