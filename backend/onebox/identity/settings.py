"""What the provider must be told: where it lives, who its clients are, and how long things last."""

from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REALM = "moviemesh"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ClientSettings(BaseModel):
    """One application that signs people in; `secret=None` makes it public (PKCE alone)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str
    name: str
    secret: SecretStr | None = None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    home_url: str | None = None
    audiences: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class PasswordCosts(BaseModel):
    """The price of one argon2id hash: 19 MiB and two passes are OWASP's floor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_cost: int = 2
    memory_kib: int = 19_456
    parallelism: int = 1


class IdentitySettings(BaseSettings):
    """Read from `MM_IDENTITY_…`, or built by the onebox."""

    model_config = SettingsConfigDict(env_prefix="MM_IDENTITY_", env_nested_delimiter="__")

    dsn: SecretStr
    public_url: str = "http://localhost:8180"
    product_name: str = "Cinema Mesh"
    clients: tuple[ClientSettings, ...] = ()

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    mail_from: str = "no-reply@mesh.example"

    argon2: PasswordCosts = PasswordCosts()
    failures_before_wait: int = 5
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(minutes=15)

    access_token_life: timedelta = timedelta(minutes=5)
    code_life: timedelta = timedelta(seconds=60)
    sign_in_life: timedelta = timedelta(minutes=30)
    session_idle: timedelta = timedelta(hours=2)
    session_life: timedelta = timedelta(hours=10)
    verify_link_life: timedelta = timedelta(hours=12)
    reset_link_life: timedelta = timedelta(minutes=15)
    mails_per_hour: int = 5

    @model_validator(mode="after")
    def _public_url_keeps_cookies_safe(self) -> Self:
        parts = urlsplit(self.public_url)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(
                f"public_url {self.public_url} is plain http on a host that others can reach, "
                "so its cookies could be read. Use https, or http on localhost."
            )
        if parts.scheme not in {"http", "https"} or parts.path.strip("/") or parts.query:
            raise ValueError("public_url must be like https://id.example, without a path.")
        return self

    @property
    def origin(self) -> str:
        """The scheme, host and port that browsers see."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def issuer(self) -> str:
        """The `iss` of every token, with Keycloak's path."""
        return f"{self.origin}/realms/{REALM}"

    @property
    def is_secure(self) -> bool:
        """Whether cookies may be Secure: Safari drops such cookies on http, also on loopback."""
        return self.origin.startswith("https:")
