"""Where a onebox keeps its state: in the user's data folder, one folder per checkout.

As root it is /var/lib/moviemesh, because PostgreSQL then runs as another user, who cannot enter
root's home. `MM_DATA` names another place.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Folders:
    """The state of one onebox."""

    root: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data, passwords and log."""
        return self.root / "postgres"

    @property
    def secrets(self) -> Path:
        """Keys and passwords, made at the first start."""
        return self.root / "secrets.json"

    @property
    def mails(self) -> Path:
        """Mails that the mailbox received."""
        return self.root / "mails"

    @property
    def documents(self) -> Path:
        """A cache of PDFs."""
        return self.root / "documents"

    @property
    def log(self) -> Path:
        """The services' log, one JSON object a line."""
        return self.root / "moviemesh.log"

    @property
    def access(self) -> Path:
        """Who was let to which object, one JSON object a line; the checker reads it."""
        return self.root / "access"

    @property
    def lock(self) -> Path:
        """Held by the process that uses this state."""
        return self.root / "lock"


def folders() -> Folders:
    """Return this checkout's folders; nothing is made yet."""
    named = os.environ.get("MM_DATA")
    if named:
        return Folders(Path(named).expanduser().resolve())
    digest = hashlib.sha256(str(_CHECKOUT).encode()).hexdigest()[:8]
    base = (
        Path("/var/lib/moviemesh")
        if hasattr(os, "geteuid") and os.geteuid() == 0
        else Path(platformdirs.user_data_dir("moviemesh", appauthor=False))
    )
    return Folders(base / f"{_CHECKOUT.name}-{digest}")
