"""An auth service before the onebox's provider, on a database of its own, and two browsers."""

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from backend.onebox.identity.app import create_app as identity_app
from backend.onebox.identity.demo import ensure_users
from backend.onebox.identity.settings import ClientSettings, IdentitySettings, PasswordCosts
from tests.backend.auth.rig import ANA, SECRET, SITE, Rig, Visitor, Wire, rig_of
from tests.backend.onebox.identity.browser import ORIGIN, Mailbox


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def identity(database_of: Callable[[str], str], mailbox: Mailbox) -> AsyncIterator[Starlette]:
    """The provider, with Ana's account."""
    settings = IdentitySettings(
        dsn=SecretStr(database_of("backend.onebox.identity")),
        public_url=ORIGIN,
        argon2=PasswordCosts(time_cost=1, memory_kib=8),
        clients=(
            ClientSettings(
                client_id="web",
                name="Cinema Mesh",
                secret=SecretStr(SECRET),
                redirect_uris=(f"{SITE}/auth/callback",),
                post_logout_redirect_uris=(f"{SITE}/",),
                home_url=f"{SITE}/",
                audiences=("movies", "ticket"),
                roles=("customer", "manager"),
            ),
        ),
    )
    app = identity_app(settings, post=mailbox)
    async with app.router.lifespan_context(app):
        await ensure_users(settings, [ANA])
        yield app


@pytest.fixture
async def rig(identity: Starlette) -> AsyncIterator[Rig]:
    """Auth, which reaches the provider by its inner address."""
    rig = rig_of({"identity:8180": httpx2.ASGITransport(app=identity)})
    yield rig
    await rig.http.aclose()


@pytest.fixture
def browsers(identity: Starlette, rig: Rig) -> Callable[[], Visitor]:
    """Make browsers, which reach the site and the provider by their public addresses."""

    def browser() -> Visitor:
        ends: dict[str, httpx2.AsyncBaseTransport] = {
            "localhost:8180": httpx2.ASGITransport(app=identity),
            "localhost:8081": httpx2.ASGITransport(app=rig.app),
        }
        return Visitor(rig, Wire(ends))

    return browser


@pytest.fixture
async def visitor(browsers: Callable[[], Visitor]) -> AsyncIterator[Visitor]:
    visitor = browsers()
    yield visitor
    await visitor.http.aclose()


@pytest.fixture
async def stranger(browsers: Callable[[], Visitor]) -> AsyncIterator[Visitor]:
    stranger = browsers()
    yield stranger
    await stranger.http.aclose()
