"""The user that PostgreSQL runs as: ourselves, or an unprivileged one when we are root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.onebox.postgres.problems import PostgresRefused

_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the data folder and runs the server; None means: we ourselves."""

    user: int | None
    group: int | None

    def keywords(self) -> dict[str, Any]:
        """Return subprocess's arguments that drop our privileges."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def takes(self, path: Path, mode: int) -> None:
        """Give a path to the owner."""
        path.chmod(mode)
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def owner_for(folder: Path) -> Owner:
    """Return the owner, keeping that of data which is already there."""
    if os.geteuid() != 0:
        return Owner(None, None)
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return Owner(data.stat().st_uid, data.stat().st_gid)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise PostgresRefused(
        "PostgreSQL does not run as root and this machine has no user 'postgres' or 'nobody'."
        " Run moviemesh as an ordinary user."
    )
