"""An auth service in process: its settings, who calls it, and the wires that it hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from backend.auth.app import create_app
from backend.auth.lookups.service import Clock
from backend.auth.parts import Parts
from backend.auth.sessions.repository import key_of
from backend.auth.settings import AuthSettings
from backend.client.auth import AuthClient
from backend.client.http import ServiceHttp
from backend.contracts.sessions import SessionRead
from backend.kit.cache import InProcessCache
from backend.kit.tokens.signer import ServiceSigner
from backend.onebox.identity.demo import DemoUser
from tests.backend.onebox.identity.browser import ORIGIN, Browser
from tests.support import keys

SITE = "http://localhost:8081"
INSIDE = "http://identity:8180/realms/moviemesh"
SECRET = "the web client's secret of the tests"
WEB_KEY = OKPKey.generate_key("Ed25519")
WEB_TOKENS = ServiceSigner("web", WEB_KEY.as_dict(private=True))
EMAIL, PASSWORD = "ana@mesh.example", "otter-violet-lemon-42"
ANA = DemoUser(
    EMAIL,
    "Ana Pop",
    ("customer", "manager"),
    cinemas=("mesh",),
    language="ro",
    password=PASSWORD,
)


def auth_settings(**changed: Any) -> AuthSettings:
    """Return settings for localhost; the provider is inside at another address than outside."""
    settings: dict[str, Any] = {
        "public_url": SITE,
        "oidc_issuer": f"{ORIGIN}/realms/moviemesh",
        "oidc_internal_url": INSIDE,
        "movies_url": "http://movies:5002",
        "client_secret": SecretStr(SECRET),
        "guest_key": keys.GUEST_KEY.as_dict(private=True),
        "signing_key": keys.private("auth"),
        "service_keys": {
            "web": WEB_KEY.as_dict(private=False),
            "movies": keys.TRUSTED["movies"],
        },
    }
    return AuthSettings(**{**settings, **changed})


class Wire(httpx2.AsyncBaseTransport):
    """Leads requests to applications by host and port; hosts can be cut off."""

    def __init__(self, ends: Mapping[str, httpx2.AsyncBaseTransport]) -> None:
        self.ends = ends
        self.cut: set[str] = set()
        self.calls: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.netloc.decode()
        self.calls.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
        if host in self.cut or host not in self.ends:
            raise httpx2.ConnectTimeout("nobody there", request=request)
        return await self.ends[host].handle_async_request(request)


@dataclass
class Rig:
    """The service, what it calls, and the website's way to it."""

    app: FastAPI
    wire: Wire
    cache: InProcessCache
    http: httpx2.AsyncClient
    client: AuthClient

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    @property
    def token(self) -> str:
        """Return a token of web."""
        return WEB_TOKENS.token("auth")

    @property
    def cached(self) -> list[str]:
        """Return the keys of all that the cache keeps."""
        return [key for kind in self.cache._kinds.values() for key in kind._values]

    async def session(self, **cookies: str) -> SessionRead:
        """Return the session of a browser with these cookies; _ stands for - in their names."""
        header = "; ".join(f"{name.replace('_', '-')}={value}" for name, value in cookies.items())
        return await self.client.session(header, token=self.token)


def rig_of(
    ends: Mapping[str, httpx2.AsyncBaseTransport], *, clock: Clock | None = None, **changed: Any
) -> Rig:
    """Make a service whose calls go out by a wire."""
    wire, cache = Wire(ends), InProcessCache()
    away = httpx2.AsyncClient(transport=wire)
    app = create_app(auth_settings(**changed), cache=cache, http=away, clock=clock)
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://auth")
    return Rig(app, wire, cache, http, AuthClient(ServiceHttp(http, "http://auth")))


def cookie_of(set_cookie: str | None) -> tuple[str, str]:
    """Return name and value of a Set-Cookie header."""
    ((name, morsel),) = SimpleCookie(set_cookie or "").items()
    return name, morsel.value


@dataclass
class Visitor(Browser):
    """A browser that sees the site's /auth/ addresses and the provider; pages are the site's."""

    rig: Rig
    wire: Wire
    http: httpx2.AsyncClient = field(init=False)
    holds_answers: bool = False
    _page: httpx2.Response | None = None

    def __post_init__(self) -> None:
        self.http = httpx2.AsyncClient(transport=self.wire, base_url=SITE)

    @property
    def landed(self) -> str:
        """Return the page of the site at which the last way ended."""
        target = urljoin(str(self.page.url), self.page.headers["location"])
        assert target.startswith(SITE + "/"), target
        return target.removeprefix(SITE)

    @property
    def cookies(self) -> dict[str, str]:
        """Return the cookies of auth."""
        jar = self.http.cookies.jar
        return {c.name: str(c.value) for c in jar if c.name.startswith("mm-auth-")}

    @property
    def session_key(self) -> str:
        return key_of(self.cookies["mm-auth-session"])

    async def visit(self) -> SessionRead:
        """Open a page of the site, which asks auth and sends its cookie along."""
        header = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        session = await self.rig.client.session(header, token=self.rig.token)
        if session.set_cookie is not None:
            self.keep(*cookie_of(session.set_cookie))
        return session

    def keep(self, name: str, value: str) -> None:
        self.http.cookies.set(name, value, domain="localhost.local", path="/")

    async def begin(self, return_to: str = "/en", language: str = "en") -> None:
        """Press "Sign in" on a page of the site."""
        query = urlencode({"return_to": return_to, "language": language})
        await self.open(f"{SITE}/auth/sign-in?{query}")

    async def sign_in(self, return_to: str = "/en") -> None:
        """Sign Ana in from a page of the site."""
        await self.begin(return_to)
        await self.submit(username=EMAIL, password=PASSWORD)

    async def answer(self, return_to: str = "/en") -> str:
        """Sign Ana in, but do not open the provider's answer; return its address."""
        self.holds_answers = True
        await self.begin(return_to)
        if not self.page.is_redirect:
            await self.submit(username=EMAIL, password=PASSWORD)
        self.holds_answers = False
        return str(self.page.headers["location"])

    async def sign_out(self, csrf: str, origin: str = SITE) -> httpx2.Response:
        """Press "Sign out" on a page of the site."""
        sent = await self.http.post(
            f"{SITE}/auth/sign-out", data={"csrf": csrf}, headers={"Origin": origin}
        )
        return await self._follow(sent)

    async def _follow(self, response: httpx2.Response) -> httpx2.Response:
        while response.is_redirect:
            target = urljoin(str(response.url), response.headers["location"])
            parts = urlsplit(target)
            is_page = target.startswith(SITE) and not parts.path.startswith("/auth/")
            if is_page or (self.holds_answers and parts.path == "/auth/callback"):
                break
            response = await self.http.get(target)
        self._page = response
        return response
