"""A whole cinema in a process of its own, furnished and without visitors, for tests from outside.

`python -m tests.support.onebox FOLDER [--unfurnished] [--attached]` is that process: it prints
where it is when it is open, and attached it closes when its parent is gone, however that ended.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from backend.onebox.folders import Folders
from backend.onebox.launcher import Opening, run
from backend.onebox.ports import PortsTaken
from backend.onebox.state import last_offset

# Below the ports of outgoing connections, and by so much apart that no two blocks share a port.
_OFFSETS = range(14_000, 20_600, 100)
_OPEN_S = 120
_UNFURNISHED = "--unfurnished"
_ATTACHED = "--attached"


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
        with psycopg.connect(self.dsn(service), autocommit=True) as connection:
            connection.execute(statement, values)

    def dsn(self, service: str) -> str:
        """Return the connection of a service's database."""
        passwords = json.loads((self.folders.postgres / "passwords.json").read_text())
        port = (self.folders.postgres / "port").read_text()
        return (
            f"postgresql://{service}:{passwords[service]}@127.0.0.1:{port}/{service}"
            "?sslmode=disable"
        )

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
    cinema = start(folder, environment)
    try:
        yield cinema
    finally:
        end(cinema.process)


def start(folder: Path, environment: Mapping[str, str], *, is_furnished: bool = True) -> OpenCinema:
    """Open a cinema on this state; whoever starts it ends it."""
    process = begin(folder, environment, is_furnished=is_furnished)
    try:
        found = json.loads(_first_line(process))
    except BaseException:
        end(process)
        raise
    return OpenCinema(process, Folders(folder), found["addresses"], found["passwords"])


def begin(
    folder: Path, environment: Mapping[str, str], *, is_furnished: bool = True
) -> subprocess.Popen[str]:
    """Begin to open a cinema; it prints a line when it is open."""
    words = [str(folder), _ATTACHED, *([] if is_furnished else [_UNFURNISHED])]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.onebox", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    )


def _first_line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        message = f"the cinema did not open (exit code {process.wait(_OPEN_S)})"
        raise RuntimeError(message)
    return line


def end(process: subprocess.Popen[str]) -> None:
    """Let it close, or kill it when it does not."""
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
    if _ATTACHED in sys.argv:
        threading.Thread(target=_close_with_parent, daemon=True).start()
    is_furnished = _UNFURNISHED not in sys.argv
    for offset in _offsets(here):
        try:
            opening = Opening(offset=offset, has_visitors=False, is_furnished=is_furnished)
            run(here, opening, _Announcer())
        except PortsTaken:
            continue
        return


def _close_with_parent() -> None:
    """Wait for the end of what only the parent could write, then ask to close as it would."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _offsets(here: Folders) -> list[int]:
    """Return the blocks to try: the last one, then from one that is this state's own.

    Else a cinema that was killed would find another run's in its place when it comes back.
    """
    first = zlib.crc32(str(here.root).encode()) % len(_OFFSETS)
    usual = [*_OFFSETS[first:], *_OFFSETS[:first]]
    last = last_offset(here)
    return usual if last is None else [last, *usual]


if __name__ == "__main__":
    main()
