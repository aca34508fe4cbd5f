"""What every service must be told; each adds its own fields and prefix."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.kit.tokens.verifier import Jwk, Trust


class ServiceSettings(BaseSettings):
    """Settings from the environment; built once where a process begins, then passed down.

    `guest_keys` and `service_keys` are public keys (JWK) by key id and by service name;
    `signing_key` is this service's own private key (JWK). `access_log` is the folder of the log of
    who was let to which object; none: it is not written.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    dsn: SecretStr
    oidc_issuer: str
    oidc_internal_url: str
    guest_issuer: str = "moviemesh-auth"
    guest_keys: dict[str, Jwk] = {}
    service_keys: dict[str, Jwk] = {}
    access_log: Path | None = None

    def trust(self, audience: str) -> Trust:
        """Return whose tokens this service believes."""
        return Trust(
            audience=audience,
            issuer=self.oidc_issuer,
            guest_issuer=self.guest_issuer,
            guest_keys=self.guest_keys,
            service_keys=self.service_keys,
        )

    @property
    def jwks_url(self) -> str:
        """Where the identity provider's keys are, by the way that services reach it."""
        return f"{self.oidc_internal_url}/protocol/openid-connect/certs"
