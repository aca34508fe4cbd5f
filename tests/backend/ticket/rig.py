"""A ticket service in this process over a real database; its post and its tokens are ours."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey
from pydantic import SecretStr

from backend.contracts.messages import Envelope, Message
from backend.kit.messaging.broker import ACCEPTED, Receipt, Subscription
from backend.kit.messaging.in_process import InProcessBroker
from backend.ticket.app import create_app
from backend.ticket.mails.post import PostError
from backend.ticket.parts import Parts
from backend.ticket.settings import TicketSettings
from tests.backend.ticket.builders import SECRET

ISSUER = "http://identity.test/realms/cinema"
OWNER = "guest:01900000-0000-7000-8000-00000000aaaa"
STRANGER = "guest:01900000-0000-7000-8000-00000000bbbb"


@cache
def rsa_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "identity-1"}, auto_kid=False)


@cache
def ed25519_key(name: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": name})


def private_jwk(name: str) -> Any:
    return ed25519_key(name).as_dict(private=True)


def guest(subject: str = OWNER, *, order: UUID | None = None) -> str:
    claims = {"iss": "moviemesh-auth", "sub": subject, "aud": ["movies", "ticket"], "typ": "Guest"}
    if order is not None:
        claims["order"] = str(order)
    key = ed25519_key("guests")
    return jwt.encode({"alg": "Ed25519", "kid": "guests"}, claims | _times(), key, ["Ed25519"])


def person(*roles: str, cinemas: tuple[str, ...] = ("mesh",), subject: str = "someone") -> str:
    is_device = bool({"kiosk", "scanner"} & set(roles))
    claims = {
        "iss": ISSUER,
        "sub": subject,
        "aud": "ticket",
        "typ": "Bearer",
        "azp": "device-1" if is_device else "web",
        "realm_access": {"roles": list(roles)},
        "cinemas": list(cinemas),
    }
    return jwt.encode({"alg": "RS256", "kid": "identity-1"}, claims | _times(), rsa_key())


def _times() -> dict[str, int]:
    now = int(time.time())
    return {"iat": now, "exp": now + 300}


@dataclass
class FakePost:
    """Keeps what it is given, or fails as told."""

    failures: list[PostError] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)

    async def send(self, message: EmailMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)


@dataclass
class Listener:
    """Hears what ticket tells the others."""

    heard: list[Envelope] = field(default_factory=list)

    async def receive(self, envelope: Envelope) -> Receipt:
        self.heard.append(envelope)
        return ACCEPTED

    def of(self, kind: type[Message]) -> list[Any]:
        return [kind.model_validate(one.payload) for one in self.heard if one.type == kind.TYPE]


@dataclass
class Rig:
    """Everything that a test of the service needs."""

    app: FastAPI
    web: httpx2.AsyncClient
    broker: InProcessBroker
    listener: Listener
    post: FakePost

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    async def tell(self, message: Message, *, version: int = 1) -> None:
        """Deliver a message and send what it caused."""
        envelope = Envelope(
            id=uuid4(),
            type=message.TYPE,
            aggregate_id=message.order_id,
            version=version,
            occurred_at="2026-11-20T18:30:00Z",
            trace_id="0" * 32,
            payload=message.model_dump(mode="json"),
        )
        await self.broker.publish([envelope])
        await self.parts.relay.send_due()

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        async with self.parts.database.connection() as connection:
            return await (await connection.execute(query, values)).fetchall()

    async def get(self, path: str, token: str) -> httpx2.Response:
        return await self.web.get(path, headers={"Authorization": f"Bearer {token}"})

    async def send(
        self, path: str, token: str, body: Any = None, *, key: str | None = None
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or uuid4().hex}
        return await self.web.post(path, headers=headers, json=body)

    async def until(self, claim: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(10):
            while not await claim():  # noqa: ASYNC110 -- the state is in the database
                await asyncio.sleep(0.02)


def _keys_of_identity(_request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json={"keys": [rsa_key().as_dict(private=False)]})


def settings_for(dsn: str, folder: Path, **changes: Any) -> TicketSettings:
    given: dict[str, Any] = {
        "dsn": SecretStr(dsn),
        "oidc_issuer": ISSUER,
        "oidc_internal_url": ISSUER,
        "guest_keys": {"guests": ed25519_key("guests").as_dict(private=False)},
        "ticket_keys": {7: private_jwk("tickets-7"), 6: private_jwk("tickets-6")},
        "ticket_key_id": 7,
        "list_key": private_jwk("lists"),
        "lookup_secret": SecretStr(SECRET.decode()),
        "public_url": "http://localhost:8081",
        "tickets_folder": folder,
        "mail_first_retry": timedelta(milliseconds=10),
        "mail_every": timedelta(milliseconds=50),
        **changes,
    }
    return TicketSettings(**given)


@asynccontextmanager
async def rig_on(dsn: str, folder: Path, **changes: Any) -> AsyncIterator[Rig]:
    """Start a ticket service over a database."""
    broker, listener, post = InProcessBroker(), Listener(), FakePost()
    heard = frozenset({"tickets.issued.v1", "tickets.revoked.v1"})
    broker.subscribe(Subscription("movies", heard, listener.receive))
    await broker.start()
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(_keys_of_identity)) as outside:
        settings = settings_for(dsn, folder, **changes)
        app = create_app(settings, broker=broker, http=outside, post=post)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app), base_url="http://ticket.test"
            ) as web,
        ):
            yield Rig(app, web, broker, listener, post)
