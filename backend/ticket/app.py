"""The ticket service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import FastAPI

from backend.kit.access import AccessLog
from backend.kit.app import Service, running, service_app
from backend.kit.database import Database
from backend.kit.keys import Once
from backend.kit.messaging.broker import Broker
from backend.kit.messaging.housekeeping import Housekeeping
from backend.kit.messaging.outbox import Relay
from backend.kit.rounds import Rounds
from backend.kit.tokens.keyring import Keyring, fetched_by
from backend.kit.tokens.verifier import Verifier
from backend.ticket.admissions import endpoints as admissions
from backend.ticket.admissions.scanning import Scanning
from backend.ticket.consumers import consumer
from backend.ticket.documents import endpoints as documents
from backend.ticket.documents.service import Documents
from backend.ticket.issuing import endpoints as issuing
from backend.ticket.keys import endpoints as public_keys
from backend.ticket.keys.registry import KeyRegistry
from backend.ticket.keys.signing import SigningKeys
from backend.ticket.lists import endpoints as lists
from backend.ticket.mails import endpoints as mails
from backend.ticket.mails.content import Sender
from backend.ticket.mails.post import Post, SmtpPost
from backend.ticket.mails.sender import MailSender, Pace
from backend.ticket.parts import Parts
from backend.ticket.retention import Retention
from backend.ticket.settings import TicketSettings

_FEATURES = (
    issuing.router,
    documents.router,
    mails.router,
    admissions.router,
    public_keys.router,
    lists.router,
)


def create_app(
    settings: TicketSettings,
    *,
    broker: Broker,
    http: httpx2.AsyncClient,
    post: Post | None = None,
) -> FastAPI:
    """Make the application; its parts start and stop with its lifespan."""
    parts = _parts(settings, broker=broker, post=post or _smtp(settings))
    broker.subscribe(consumer(parts).subscription())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.database.open()
        try:
            async with running(
                parts.registry,
                parts.documents,
                parts.relay,
                parts.sender,
                Rounds("ticket keys", parts.registry.refresh, KeyRegistry.EVERY),
                Rounds("documents", parts.documents.tidy, Documents.EVERY),
                Rounds("housekeeping", Housekeeping(parts.database).round, Housekeeping.EVERY),
                Rounds("retention", _retention(parts).round, Retention.EVERY),
            ):
                yield
        finally:
            await parts.database.close()

    app = service_app(
        "Tickets",
        lifespan=lifespan,
        verifier=Verifier(settings.trust("ticket"), Keyring(settings.jwks_url, fetched_by(http))),
        is_ready=parts.database.is_up,
        description="Tickets, their documents and mails, and the doors that they open.",
        access=AccessLog(settings.access_log, "ticket"),
    )
    app.state.parts = parts
    _add_features(app)
    return app


def _add_features(app: Service) -> None:
    for router in _FEATURES:
        app.include_router(router)
    app.hot.add(admissions.router, admissions.admit)


def _parts(settings: TicketSettings, *, broker: Broker, post: Post) -> Parts:
    database = Database(settings.dsn.get_secret_value())
    keys = SigningKeys(settings)
    documents = Documents(settings.tickets_folder, keep=settings.documents_keep)
    return Parts(
        settings=settings,
        database=database,
        once=Once(database),
        relay=Relay(database, broker),
        keys=keys,
        registry=KeyRegistry(database, keys),
        scanning=Scanning(database, largest=settings.scans_per_batch),
        documents=documents,
        sender=MailSender(
            database,
            documents,
            post=post,
            sender=Sender(
                settings.mail_from,
                settings.public_url,
                settings.lookup_secret.get_secret_value().encode(),
            ),
            pace=_pace(settings),
        ),
    )


def _retention(parts: Parts) -> Retention:
    settings = parts.settings
    return Retention(parts.database, contacts=settings.contacts_keep, scans=settings.scans_keep)


def _smtp(settings: TicketSettings) -> SmtpPost:
    password = settings.smtp_password
    return SmtpPost(
        host=settings.smtp_host,
        port=settings.smtp_port,
        timeout_s=settings.mail_timeout.total_seconds(),
        user=settings.smtp_user,
        password=None if password is None else password.get_secret_value(),
        is_tls=settings.smtp_tls,
    )


def _pace(settings: TicketSettings) -> Pace:
    return Pace(
        every=settings.mail_every,
        # Long enough for connecting, sending and drawing, so that no other sender takes it.
        lease=3 * settings.mail_timeout,
        first_retry=settings.mail_first_retry,
        longest_retry=settings.mail_longest_retry,
        give_up_after=settings.mail_give_up_after,
    )
