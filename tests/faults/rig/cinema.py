"""The cinema under fire: a onebox in a process of its own that can be killed and opened again.

Its PostgreSQL is as durable as in production (fsync and synchronous_commit are on), and survives
the process, so that a kill is a kill.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from backend.onebox import secrets
from backend.onebox.folders import Folders
from backend.onebox.postgres import cluster as postgres
from tests.support import onebox

# As in production, but what waits for minutes there waits for seconds here.
QUICKLY: Mapping[str, str] = MappingProxyType(
    {
        "MM_MOVIES_PAYING": "PT15S",
        "MM_MOVIES_REAP_EVERY": "PT1S",
        "MM_MOVIES_REEMIT_AFTER": "PT5S",
        "MM_MOVIES_RECONCILE_EVERY": "PT1S",
        "MM_PAYMENT_RECONCILE_EVERY": "PT1S",
        "MM_PAYMENT_RECONCILE_AFTER": "PT2S",
        "MM_PAYMENT_PARKS_FIRST": "PT1S",
        "MM_PAYMENT_PROVIDER_ANSWERS_WITHIN": "PT3S",
        "MM_SIMULATOR_FAULTS": "yes",
    }
)
_GONE_S = 30.0
SERVICES = ("movies", "payment", "ticket", "simulator")


class Cinema:
    """One state folder and whoever serves it now."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folders = Folders(folder)
        self.settings = {**QUICKLY, **(settings or {})}
        self._open: onebox.OpenCinema | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each service is; the same after each opening."""
        return self._opened.addresses

    @property
    def secrets(self) -> secrets.Secrets:
        """The keys of this onebox, as its services have them."""
        found = secrets.load(self.folders.secrets)
        assert found is not None
        return found

    @property
    def access_log(self) -> Path | None:
        """Who was let in to what, as far as it is written."""
        path = self.folders.access
        return path if path.exists() else None

    @property
    def is_open(self) -> bool:
        """Say whether the process lives."""
        return self._open is not None and self._open.process.poll() is None

    @property
    def pid(self) -> int:
        """The process."""
        return self._opened.process.pid

    @property
    def _opened(self) -> onebox.OpenCinema:
        assert self._open is not None
        return self._open

    def open(self) -> None:
        """Open it, after a stop or a kill."""
        self._open = onebox.start(self.folders.root, self.settings, is_furnished=False)

    async def begin_and_kill(self, after_s: float) -> None:
        """Begin to open it, and kill the process before it has."""
        process = onebox.begin(self.folders.root, self.settings, is_furnished=False)
        await asyncio.sleep(after_s)
        process.kill()
        await asyncio.to_thread(process.communicate)

    def kill(self) -> None:
        """End the process as a power cut would; PostgreSQL goes on."""
        self._opened.kill()
        self._opened.process.communicate()

    def close(self) -> None:
        """Let it drain and close; PostgreSQL stops with it."""
        if self._open is not None:
            onebox.end(self._open.process)
            self._open = None
        postgres.stop_left_behind(self.folders.postgres)

    def reopen(self, **settings: str) -> None:
        """Close it and open it with other settings."""
        self.close()
        self.settings |= settings
        self.open()

    def dsns(self) -> dict[str, str]:
        """Return the connections of the services' databases."""
        return {service: self.dsn(service) for service in SERVICES}

    def dsn(self, service: str) -> str:
        """Return the connection of one database, the provider's too."""
        return self._opened.dsn(service)

    def postmaster(self) -> int:
        """Return the pid of this cinema's own PostgreSQL; 0 when it is down."""
        return postgres._postmaster(self.folders.postgres)[0]

    def stop_postgres_at_once(self) -> None:
        """Pull PostgreSQL's plug (immediate stop) and wait until it is gone."""
        pid = self.postmaster()
        assert pid, "there is no PostgreSQL to stop"
        os.kill(pid, signal.SIGQUIT)
        limit = time.monotonic() + _GONE_S
        while postgres._is_alive(pid) and time.monotonic() < limit:
            time.sleep(0.01)
        assert not postgres._is_alive(pid), "PostgreSQL did not stop"

    def keep_logs(self, folder: Path) -> None:
        """Copy the logs to where somebody can read them after the run."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self.folders.log, self.folders.postgres / "log"):
            if path.exists():
                shutil.copyfile(path, folder / path.name)


@contextmanager
def new_state() -> Iterator[Path]:
    """Make a state whose databases are there, for cinemas to begin from: they open sooner."""
    with onebox.temporary_folder() as folder:
        cinema = Cinema(folder)
        try:
            cinema.open()
        finally:
            cinema.close()
        yield folder


@contextmanager
def opened(
    settings: Mapping[str, str] | None = None, *, begin_with: Path | None = None
) -> Iterator[Cinema]:
    """Open a cinema of one's own and remove it at the end."""
    with onebox.temporary_folder() as folder:
        if begin_with is not None:
            # PostgreSQL's files keep their owner.
            subprocess.run(["cp", "-a", begin_with, folder], check=True)
        cinema = Cinema(folder, settings)
        try:
            cinema.open()
            yield cinema
        finally:
            cinema.close()
