"""A provider with a database and a mailbox of its own, a browser before it, and a client behind."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from backend.onebox.identity.app import create_app
from backend.onebox.identity.demo import DemoUser, ensure_users
from backend.onebox.identity.settings import ClientSettings, IdentitySettings, PasswordCosts
from tests.backend.onebox.identity.browser import CALLBACK, ORIGIN, Browser, Mailbox
from tests.backend.onebox.identity.client import SECRET, WebClient

ANA = DemoUser(
    "ana@mesh.example",
    "Ana Pop",
    ("customer", "manager"),
    cinemas=("cinema-mesh",),
    language="ro",
    password="otter-violet-lemon-42",
)


@pytest.fixture
def settings(database_of) -> IdentitySettings:
    return IdentitySettings(
        dsn=SecretStr(database_of("backend.onebox.identity")),
        public_url=ORIGIN,
        argon2=PasswordCosts(time_cost=1, memory_kib=8),
        failures_before_wait=3,
        first_wait=timedelta(seconds=30),
        clients=(
            ClientSettings(
                client_id="web",
                name="Cinema Mesh",
                secret=SecretStr(SECRET),
                redirect_uris=(CALLBACK,),
                post_logout_redirect_uris=("http://localhost:8081/en",),
                home_url="http://localhost:8081/",
                audiences=("movies", "ticket"),
                roles=("customer", "manager"),
            ),
            ClientSettings(
                client_id="staff-desktop",
                name="Staff desk",
                redirect_uris=("http://127.0.0.1/signed-in",),
                audiences=("movies",),
                roles=("manager",),
            ),
        ),
    )


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def app(settings, mailbox) -> AsyncIterator[Starlette]:
    app = create_app(settings, post=mailbox)
    async with app.router.lifespan_context(app):
        await ensure_users(settings, [ANA])
        yield app


@pytest.fixture
async def browser(app) -> AsyncIterator[Browser]:
    browser = Browser(app)
    yield browser
    await browser.http.aclose()


@pytest.fixture
async def other_browser(app) -> AsyncIterator[Browser]:
    browser = Browser(app)
    yield browser
    await browser.http.aclose()


@pytest.fixture
async def client(app) -> AsyncIterator[WebClient]:
    client = WebClient(app)
    yield client
    await client.http.aclose()
