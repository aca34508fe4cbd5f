"""What a onebox stands on: its folders, secrets, ports, and a database for each service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from backend.onebox.folders import Folders
from backend.onebox.identity.settings import REALM
from backend.onebox.ports import Block
from backend.onebox.secrets import Secrets, public_half


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
