"""The site over services that say what a test wants, and a browser before it."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from joserfc.jwk import OKPKey
from starlette.applications import Starlette

from tests.web import services as said
from tests.web.services import Services
from web.app import create_app
from web.settings import WebSettings

PUBLIC = "http://localhost:8081"
_KEY = OKPKey.generate_key("Ed25519").as_dict(private=True)


def settings(**changes: object) -> WebSettings:
    values: dict[str, object] = {
        "public_url": PUBLIC,
        "auth_url": "http://auth",
        "movies_url": "http://movies",
        "ticket_url": "http://ticket",
        "signing_key": _KEY,
        "cinema": "mesh",
    }
    return WebSettings.model_validate({**values, **changes})


@pytest.fixture
def services() -> Services:
    return said.usual()


@pytest.fixture
async def site(services: Services) -> AsyncIterator[Callable[..., Starlette]]:
    """Make sites; what is set differs from the usual settings."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(services)) as http:

        def make(**changes: object) -> Starlette:
            return create_app(settings(**changes), http=http)

        yield make


@pytest.fixture
async def browser(site: Callable[..., Starlette]) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at the site, without cookies yet; it does not follow redirects by itself."""
    async with visit(site()) as client:
        yield client


def visit(app: Starlette, base_url: str = PUBLIC) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app, client=("203.0.113.9", 4321))
    return httpx2.AsyncClient(transport=transport, base_url=base_url)
