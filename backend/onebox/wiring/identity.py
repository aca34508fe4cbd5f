"""The OpenID provider in a onebox; the demo's people are made with its settings too."""

from typing import Any

from pydantic import SecretStr

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.onebox.identity.app import create_app
from backend.onebox.identity.settings import ClientSettings, IdentitySettings
from backend.onebox.people import PEOPLE, TILL

_PRODUCT = "Cinema Mesh"


def application(ground: Ground, _shared: Shared) -> Any:
    """Make the application."""
    return create_app(settings(ground))


def settings(ground: Ground) -> IdentitySettings:
    """Return its settings."""
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
