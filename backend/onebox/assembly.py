"""Every service's application with the settings that a onebox gives it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from pydantic import SecretStr

from backend.auth.app import create_app as auth_app
from backend.auth.settings import AuthSettings
from backend.kit.cache import InProcessCache
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app as movies_app
from backend.movies.settings import MoviesSettings
from backend.onebox.folders import Folders
from backend.onebox.identity.app import create_app as identity_app
from backend.onebox.identity.settings import REALM, ClientSettings, IdentitySettings
from backend.onebox.mailbox.app import create_app as mailbox_app
from backend.onebox.mailbox.store import MailStore
from backend.onebox.people import CINEMA, PEOPLE, TILL
from backend.onebox.ports import Block
from backend.onebox.secrets import TICKET_KEY_ID, Secrets, public_half
from backend.onebox.stripe_simulator.app import create_app as simulator_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint
from backend.payment.app import create_app as payment_app
from backend.payment.settings import PaymentSettings
from backend.ticket.app import create_app as ticket_app
from backend.ticket.settings import TicketSettings
from web.app import create_app as web_app
from web.settings import WebSettings

PACKAGES: Mapping[str, str] = {
    "movies": "backend.movies",
    "payment": "backend.payment",
    "ticket": "backend.ticket",
    "identity": "backend.onebox.identity",
    "simulator": "backend.onebox.stripe_simulator",
}
_PRODUCT = "Cinema Mesh"


@dataclass(frozen=True, slots=True)
class Cinema:
    """The applications in the order of their start, and what they share."""

    apps: dict[str, Any]
    broker: InProcessBroker
    mails: MailStore


@dataclass(frozen=True, slots=True)
class Ground:
    """What a onebox stands on: its folders, secrets and ports, and a database for each service."""

    folders: Folders
    secrets: Secrets
    ports: Block
    dsns: Mapping[str, str]

    @property
    def realm(self) -> dict[str, Any]:
        """Where the provider is: for browsers, and for the services."""
        return {
            "oidc_issuer": f"{self.ports.url('identity')}/realms/{REALM}",
            "oidc_internal_url": f"{self.ports.inner('identity')}/realms/{REALM}",
        }

    def dsn(self, service: str) -> SecretStr:
        """Return a service's own database."""
        return SecretStr(self.dsns[service])

    def trust(self, *callers: str) -> dict[str, Any]:
        """Return whose tokens a service believes, and where it notes whom it let to what."""
        guest = self.secrets.guest_key
        return {
            **self.realm,
            "guest_keys": {str(guest["kid"]): public_half(guest)},
            "access_log": self.folders.access,
            "service_keys": self.secrets.public(*callers),
        }


def assemble(ground: Ground, http: httpx2.AsyncClient, *, reload: bool = False) -> Cinema:
    """Make every application; nothing is started."""
    broker = InProcessBroker()
    mails = MailStore(ground.folders.mails)
    return Cinema(
        apps={
            "identity": identity_app(identity_settings(ground)),
            "simulator": simulator_app(_simulator(ground)),
            "mailbox": mailbox_app(mails),
            "payment": payment_app(_payment(ground), broker=broker, http=http),
            "movies": movies_app(
                _movies(ground), broker=broker, nudges=InProcessNudges(), http=http
            ),
            "ticket": ticket_app(_ticket(ground), broker=broker, http=http),
            "auth": auth_app(_auth(ground), cache=InProcessCache(), http=http),
            "web": web_app(_web(ground, reload=reload), http=http),
        },
        broker=broker,
        mails=mails,
    )


def identity_settings(ground: Ground) -> IdentitySettings:
    """Return the provider's settings; the demo's people are made with them too."""
    site = ground.ports.url("web")
    roles = sorted({role for person in (*PEOPLE, TILL) for role in person.roles})
    return IdentitySettings(
        dsn=ground.dsn("identity"),
        public_url=ground.ports.url("identity"),
        product_name=_PRODUCT,
        smtp_port=ground.ports.port("smtp"),
        clients=(
            ClientSettings(
                client_id="web",
                name=_PRODUCT,
                secret=SecretStr(ground.secrets.client_secret),
                redirect_uris=(f"{site}/auth/callback",),
                post_logout_redirect_uris=(site, f"{site}/"),
                home_url=f"{site}/",
                audiences=("movies", "ticket"),
                roles=tuple(roles),
            ),
        ),
    )


def _simulator(ground: Ground) -> SimulatorSettings:
    """Return the simulator's settings; only tests have it fail on purpose."""
    return SimulatorSettings(
        dsn=ground.dsns["simulator"],
        public_url=ground.ports.url("simulator"),
        secret_keys=(ground.secrets.stripe_key,),
        webhook_endpoints=(
            WebhookEndpoint(
                f"{ground.ports.inner('payment')}/webhooks/stripe", ground.secrets.webhook_secret
            ),
        ),
        allows_faults=os.environ.get("MM_SIMULATOR_FAULTS") == "yes",
    )


def _payment(ground: Ground) -> PaymentSettings:
    return PaymentSettings(
        dsn=ground.dsn("payment"),
        **ground.trust("movies"),
        stripe_key=SecretStr(ground.secrets.stripe_key),
        stripe_address=ground.ports.inner("simulator"),
        webhook_secrets=(SecretStr(ground.secrets.webhook_secret),),
        environment="onebox",
    )


def _movies(ground: Ground) -> MoviesSettings:
    return MoviesSettings(
        dsn=ground.dsn("movies"),
        **ground.trust("auth"),
        signing_key=ground.secrets.service_keys["movies"],
        lookup_secret=SecretStr(ground.secrets.lookup_secret),
        public_url=ground.ports.url("web"),
        payment_url=ground.ports.inner("payment"),
    )


def _ticket(ground: Ground) -> TicketSettings:
    return TicketSettings(
        dsn=ground.dsn("ticket"),
        **ground.trust(),
        ticket_keys={TICKET_KEY_ID: ground.secrets.ticket_key},
        ticket_key_id=TICKET_KEY_ID,
        list_key=ground.secrets.list_key,
        lookup_secret=SecretStr(ground.secrets.lookup_secret),
        public_url=ground.ports.url("web"),
        tickets_folder=ground.folders.documents,
        smtp_port=ground.ports.port("smtp"),
        mail_from="tickets@mesh.example",
    )


def _auth(ground: Ground) -> AuthSettings:
    return AuthSettings(
        public_url=ground.ports.url("web"),
        **ground.realm,
        client_secret=SecretStr(ground.secrets.client_secret),
        guest_key=ground.secrets.guest_key,
        service_keys=ground.secrets.public("web"),
        signing_key=ground.secrets.service_keys["auth"],
        movies_url=ground.ports.inner("movies"),
    )


def _web(ground: Ground, *, reload: bool) -> WebSettings:
    return WebSettings(
        public_url=ground.ports.url("web"),
        auth_url=ground.ports.inner("auth"),
        movies_url=ground.ports.inner("movies"),
        ticket_url=ground.ports.inner("ticket"),
        signing_key=ground.secrets.service_keys["web"],
        cinema=CINEMA,
        mailbox_url=ground.ports.url("mailbox"),
        is_demo=True,
        reload=reload,
        # Forms of the site end there by a redirect: after signing out, and after Pay.
        form_targets=(ground.ports.url("identity"), ground.ports.url("simulator")),
    )
