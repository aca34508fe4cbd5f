"""The onebox's running PostgreSQL: its process, its programs, and its superuser's connection."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from backend.onebox.postgres import binaries
from backend.onebox.postgres.binaries import Binaries

_ADMIN = "moviemesh"


@dataclass(frozen=True, slots=True)
class Server:
    """Read from the state folder of an open cinema."""

    folder: Path
    pid: int
    port: int
    password: str
    programs: Binaries

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Find the server of a state's PostgreSQL folder."""
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
        passwords = json.loads((folder / "passwords.json").read_text())
        programs = binaries.find(made_by=int((folder / "data" / "PG_VERSION").read_text()))
        return cls(folder, int(lines[0]), int(lines[3]), passwords[_ADMIN], programs)

    def dsn(self, database: str) -> str:
        """Return the superuser's connection of a database."""
        return (
            f"postgresql://{_ADMIN}:{self.password}@127.0.0.1:{self.port}/{database}"
            "?sslmode=disable"
        )

    def variables(self) -> dict[str, str]:
        """Return the connection as PostgreSQL's programs read it."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": _ADMIN,
            "PGPASSWORD": self.password,
            "PGSSLMODE": "disable",
        }
