"""Where the checker finds real databases."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.audit.sources import Sources


class AuditSettings(BaseSettings):
    """Databases by service, each with a role that may only read; what is missing is not judged.

    `simulator_dsn` is the card simulator's, where it stands in for the provider. `access_log` is
    the folder, or the file, of the services' access logs.
    """

    model_config = SettingsConfigDict(env_prefix="MM_AUDIT_", frozen=True, extra="ignore")

    movies_dsn: SecretStr | None = None
    payment_dsn: SecretStr | None = None
    ticket_dsn: SecretStr | None = None
    simulator_dsn: SecretStr | None = None
    access_log: Path | None = None

    def sources(self) -> Sources | None:
        """Return what is named here; None when no database is."""
        named = {
            "movies": self.movies_dsn,
            "payment": self.payment_dsn,
            "ticket": self.ticket_dsn,
            "simulator": self.simulator_dsn,
        }
        dsns = {name: dsn.get_secret_value() for name, dsn in named.items() if dsn is not None}
        return Sources(dsns, self.access_log) if dsns else None
