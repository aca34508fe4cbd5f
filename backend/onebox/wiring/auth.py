"""The auth service in a onebox: its sessions end with the process."""

from typing import Any

from pydantic import SecretStr

from backend.auth.app import create_app
from backend.auth.settings import AuthSettings
from backend.kit.cache import InProcessCache
from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground


def application(ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(_settings(ground), cache=InProcessCache(), http=shared.http)


def _settings(ground: Ground) -> AuthSettings:
    return AuthSettings(
        public_url=ground.ports.url("web"),
        **ground.realm,
        client_secret=SecretStr(ground.secrets.client_secret),
        guest_key=ground.secrets.guest_key,
        service_keys=ground.secrets.public("web"),
        signing_key=ground.secrets.service_keys["auth"],
        movies_url=ground.ports.inner("movies"),
    )
