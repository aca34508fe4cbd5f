"""What the site must be told: where the services are, and under which address people reach it."""

from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.kit.tokens.verifier import Jwk


class WebSettings(BaseSettings):
    """Settings from the environment; built once where the process begins, then passed down.

    `public_url` decides about cookies: https, or http on this machine alone. `cinema` is the slug
    of the cinema that is shown. `form_targets` are origins of others where our forms may end by a
    redirect: the card provider's page, and the identity provider after signing out.
    """

    model_config = SettingsConfigDict(
        env_prefix="MM_WEB_", frozen=True, extra="ignore", env_nested_delimiter=None
    )

    public_url: str
    auth_url: str
    movies_url: str
    ticket_url: str
    signing_key: Jwk
    cinema: str
    mailbox_url: str | None = None
    is_demo: bool = False
    reload: bool = False
    form_targets: tuple[str, ...] = ()

    @field_validator("public_url", "auth_url", "movies_url", "ticket_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _address_allows_cookies(self) -> Self:
        parts = urlsplit(self.public_url)
        if not parts.hostname or parts.path or parts.query or parts.fragment:
            raise ValueError("public_url is a scheme and a host, such as https://cinema.example")
        if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
            return self
        raise ValueError(
            "public_url must be https: over plain http the session's cookie could be read on the"
            " way. Only an address of this machine, such as http://localhost:8081, may be http"
        )

    @property
    def is_secure(self) -> bool:
        """Say whether browsers reach us by https."""
        return self.public_url.startswith("https://")


def is_loopback(host: str) -> bool:
    """Say whether a host name means this very machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
