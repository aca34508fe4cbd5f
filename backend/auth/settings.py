"""What auth must be told: where the site and the provider are, and the keys that it signs with."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Self
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.kit.tokens.verifier import Jwk, Trust


def _without_slash(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://cinema.example")
    return url.rstrip("/")


def _private(key: Jwk) -> Jwk:
    try:
        imported = OKPKey.import_key(key)
    except (JoseError, ValueError, KeyError) as error:
        raise ValueError("must be an Ed25519 key as JWK") from error
    if key.get("crv") != "Ed25519":
        raise ValueError("must be an Ed25519 key")
    if not imported.is_private:
        raise ValueError("must be the private key, with its part d")
    return key


Url = Annotated[str, AfterValidator(_without_slash)]
PrivateKey = Annotated[Jwk, AfterValidator(_private), Field(repr=False)]


class AuthSettings(BaseSettings):
    """Read from `MM_AUTH_…`, or built by the onebox.

    `public_url` is the site that browsers see, `oidc_issuer` the provider as they see it, and
    `oidc_internal_url` the provider as services reach it. `guest_key` needs a "kid", since it
    signs the guests' tokens; `signing_key` signs auth's own calls; both are private JWKs.
    `service_keys` are the public keys of the services that may call auth.
    """

    model_config = SettingsConfigDict(
        env_prefix="MM_AUTH_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    public_url: Url
    oidc_issuer: Url
    oidc_internal_url: Url
    movies_url: Url
    client_id: str = "web"
    client_secret: SecretStr = Field(min_length=16)
    guest_issuer: str = "moviemesh-auth"
    guest_key: PrivateKey
    signing_key: PrivateKey
    service_keys: dict[str, Jwk] = {}

    sign_in_within: timedelta = timedelta(minutes=30)
    provider_answers_within: timedelta = timedelta(seconds=4)
    refresh_before_end: timedelta = timedelta(seconds=30)
    refresh_again_after: timedelta = timedelta(seconds=10)
    guest_life: timedelta = timedelta(days=30)
    order_life: timedelta = timedelta(minutes=15)
    lookups_per_minute: int = 5
    lookup_answers_every: timedelta = timedelta(milliseconds=300)

    @field_validator("guest_key")
    @classmethod
    def _guest_key_has_an_id(cls, key: Jwk) -> Jwk:
        if not key.get("kid"):
            raise ValueError('must have a "kid", by which services choose the key')
        return key

    @field_validator("service_keys")
    @classmethod
    def _keys_of_others_are_public(cls, keys: dict[str, Jwk]) -> dict[str, Jwk]:
        if any("d" in key for key in keys.values()):
            raise ValueError("must hold public keys only: a private one belongs to its service")
        return keys

    @model_validator(mode="after")
    def _public_url_keeps_cookies_safe(self) -> Self:
        parts = urlsplit(self.public_url)
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("public_url must be like https://cinema.example, without a path")
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError(
                f"public_url {self.public_url} is plain http on a host that others can reach, "
                "so its cookies could be read on the way. Use https, or http on localhost"
            )
        return self

    @property
    def is_secure(self) -> bool:
        """Whether cookies may be Secure: Safari drops such cookies on http, also on loopback."""
        return self.public_url.startswith("https:")

    @property
    def callback_url(self) -> str:
        """Where the provider sends people back to; registered there for our client."""
        return f"{self.public_url}/auth/callback"

    @property
    def signed_out_url(self) -> str:
        """Where a sign-out ends; registered at the provider for our client."""
        return f"{self.public_url}/"

    @property
    def jwks_url(self) -> str:
        """Where the provider's keys are, by the way that services reach it."""
        return f"{self.oidc_internal_url}/protocol/openid-connect/certs"

    @property
    def guest_public_key(self) -> dict[str, Jwk]:
        """The key by which services know our guests, by its id."""
        key = OKPKey.import_key(self.guest_key)
        return {str(key.kid): key.as_dict(private=False)}

    def trust(self, audience: str) -> Trust:
        """Return whose tokens count for an audience."""
        return Trust(
            audience=audience,
            issuer=self.oidc_issuer,
            guest_issuer=self.guest_issuer,
            guest_keys=self.guest_public_key,
            service_keys=self.service_keys,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
