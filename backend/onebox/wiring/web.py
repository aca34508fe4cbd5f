"""The site in a onebox."""

from typing import Any

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.onebox.people import CINEMA
from web.app import create_app
from web.settings import WebSettings


def application(ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(_settings(ground, reload=shared.reload), http=shared.http)


def _settings(ground: Ground, *, reload: bool) -> WebSettings:
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
