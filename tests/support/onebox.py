"""A whole cinema in a process of its own, furnished and without visitors, for tests from outside.

`python -m tests.support.onebox FOLDER` is that process: it prints where it is when it is open.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from backend.onebox.folders import Folders
from backend.onebox.launcher import Opening, run
from backend.onebox.ports import PortsTaken
from backend.onebox.postgres import cluster as postgres

_OFFSET = 20_000
_OPEN_S = 120


@dataclass
class OpenCinema:
    """A running onebox."""

    process: subprocess.Popen[str]
    folders: Folders
    addresses: dict[str, str]
    passwords: dict[str, str]

    @property
    def site(self) -> str:
        """The site's address."""
        return self.addresses["web"]

    def execute(self, service: str, statement: str, *values: object) -> None:
        """Change a service's database directly: only to let time pass."""
        passwords = json.loads((self.folders.postgres / "passwords.json").read_text())
        _, port = postgres._postmaster(self.folders.postgres)
        dsn = f"postgresql://{service}:{passwords[service]}@127.0.0.1:{port}/{service}"
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement, values)

    def kill(self) -> None:
        """End it as a power cut would; PostgreSQL stays."""
        self.process.kill()
        self.process.wait()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder that PostgreSQL's user can reach, also when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="moviemesh-e2e-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name) / "state"


@contextmanager
def open_cinema(folder: Path, **environment: str) -> Iterator[OpenCinema]:
    """Open a cinema on this state and close it at the end; settings come by the environment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.onebox", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    )
    try:
        found = json.loads(_first_line(process))
        yield OpenCinema(process, Folders(folder), found["addresses"], found["passwords"])
    finally:
        _end(process)


def _first_line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        message = f"the cinema did not open (exit code {process.wait(_OPEN_S)})"
        raise RuntimeError(message)
    return line


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
    process.communicate()


class _Announcer:
    """Prints one line of JSON when the cinema is open."""

    def step(self, what: str) -> None:
        """Nothing: the tests wait for the opening."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Nothing: there are no visitors."""

    def closing(self) -> None:
        """Nothing: the process ends."""

    def opened(self, cinema) -> None:
        """Say where it is."""
        found = {"addresses": cinema.addresses, "passwords": cinema.passwords}
        os.write(1, f"{json.dumps(found)}\n".encode())


def main() -> None:
    """Run the cinema until it is ended."""
    here = Folders(Path(sys.argv[1]))
    for offset in range(_OFFSET, _OFFSET + 2_000, 100):
        try:
            run(here, Opening(offset=offset, has_visitors=False), _Announcer())
        except PortsTaken:
            continue
        return


if __name__ == "__main__":
    main()
