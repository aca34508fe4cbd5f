"""The application `web` as the auth service plays it: authlib over the provider's own app."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from starlette.applications import Starlette

from tests.backend.onebox.identity.browser import CALLBACK, ORIGIN, Browser

SECRET = "the web client's secret of the tests"
REALM = f"{ORIGIN}/realms/moviemesh"
PROTOCOL = f"{REALM}/protocol/openid-connect"
EMAIL, PASSWORD = "ana@mesh.example", "otter-violet-lemon-42"


@dataclass
class Begun:
    """An authorization request on its way."""

    address: str
    state: str
    verifier: str
    nonce: str

    def changed(self, **values: str | None) -> str:
        """Return the address with other parameters; None takes one away."""
        parts = urlsplit(self.address)
        query = {**dict(parse_qsl(parts.query)), **values}
        kept = {name: value for name, value in query.items() if value is not None}
        return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(kept)}"


@dataclass
class WebClient:
    """Begins sign-ins and calls the token endpoint."""

    app: Starlette
    http: AsyncOAuth2Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = AsyncOAuth2Client(
            "web",
            SECRET,
            redirect_uri=CALLBACK,
            scope="openid email profile",
            code_challenge_method="S256",
            transport=httpx2.ASGITransport(app=self.app),
        )

    def begin(self, endpoint: str = "auth", **more: str) -> Begun:
        verifier, nonce = generate_token(48), generate_token(20)
        address, state = self.http.create_authorization_url(
            f"{PROTOCOL}/{endpoint}", code_verifier=verifier, nonce=nonce, **more
        )
        return Begun(address, state, verifier, nonce)

    async def exchange(self, begun: Begun, location: str) -> dict[str, Any]:
        tokens: dict[str, Any] = await self.http.fetch_token(
            f"{PROTOCOL}/token",
            authorization_response=location,
            state=begun.state,
            code_verifier=begun.verifier,
        )
        return tokens

    async def signed_in(self, browser: Browser, **more: str) -> dict[str, Any]:
        """Sign Ana in and return her tokens."""
        begun = self.begin(**more)
        await browser.open(begun.address)
        response = await browser.submit(username=EMAIL, password=PASSWORD)
        return await self.exchange(begun, response.headers["location"])

    async def person(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Return what userinfo tells about the holder of the tokens."""
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app)) as http:
            claims: dict[str, Any] = (await http.get(f"{PROTOCOL}/userinfo", headers=bearer)).json()
        return claims

    async def post(self, endpoint: str, **form: str) -> httpx2.Response:
        """Call an endpoint without authlib's opinion, as the confidential client."""
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app)) as http:
            return await http.post(f"{PROTOCOL}/{endpoint}", data=form, auth=("web", SECRET))
