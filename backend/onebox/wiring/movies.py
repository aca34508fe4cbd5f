"""The movies service in a onebox."""

from typing import Any

from pydantic import SecretStr

from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground


def application(ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(
        _settings(ground), broker=shared.broker, nudges=InProcessNudges(), http=shared.http
    )


def _settings(ground: Ground) -> MoviesSettings:
    return MoviesSettings(
        dsn=ground.dsn("movies"),
        **ground.trust("auth"),
        signing_key=ground.secrets.service_keys["movies"],
        lookup_secret=SecretStr(ground.secrets.lookup_secret),
        public_url=ground.ports.url("web"),
        payment_url=ground.ports.inner("payment"),
    )
