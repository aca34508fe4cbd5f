"""Opens the whole cinema in this process, and closes it without losing anything.

Order of opening: state lock, ports, PostgreSQL with its databases (migrated in a child) while the
services are loaded, the site, the other services, the demo. What this module imports is what
PostgreSQL's start needs; `opening` has the rest.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, TextIO

from backend.kit.migrations import Schema
from backend.kit.migrations.runner import migrate
from backend.onebox import ports, state
from backend.onebox.folders import Folders
from backend.onebox.postgres import cluster as postgres

PACKAGES: Mapping[str, str] = {
    "movies": "backend.movies",
    "payment": "backend.payment",
    "ticket": "backend.ticket",
    "identity": "backend.onebox.identity",
    "simulator": "backend.onebox.stripe_simulator",
}
_LARGEST_LOG = 20_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open: the offset of the ports (None: any block), and whether to reload templates.

    Without visitors the demo is furnished but nobody buys: tests want the seats for themselves.
    Unfurnished it is a cinema before its first day, for tests that make their own.
    """

    offset: int | None = None
    reload: bool = False
    has_visitors: bool = True
    is_furnished: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """An open cinema, as its owner is told about it."""

    folders: Folders
    addresses: dict[str, str]
    passwords: dict[str, str]


class Report(Protocol):
    """Tells the person at the terminal how far it is."""

    def step(self, what: str) -> None:
        """Something begins that may take a second or more."""
        ...

    def opened(self, cinema: Opened) -> None:
        """The site answers."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """The demo is being filled in the background."""
        ...

    def closing(self) -> None:
        """The cinema drains and closes."""
        ...


@dataclass(frozen=True, slots=True)
class Databases:
    """PostgreSQL, and the connection of each service's database."""

    server: postgres.Cluster
    dsns: Mapping[str, str]


def run(folders: Folders, opening: Opening, report: Report) -> None:
    """Open the cinema and keep it open until SIGINT or SIGTERM.

    Raises InUse, PortsTaken, PostgresProblem, MigrationFailed, ServerFailed or a Problem of the
    services, each with a sentence for the person at the terminal.
    """
    with (
        state.locked(folders),
        _ports(folders, opening.offset) as block,
        _databases(folders) as databases,
    ):
        report.step("Starting PostgreSQL")
        # What is loaded now stays; looking for what could go would take a tenth of the start.
        gc.disable()
        # Imported here: a second of loading, in which PostgreSQL starts.
        from backend.kit import logs  # noqa: PLC0415 -- see above
        from backend.onebox.guard import raise_file_limit  # noqa: PLC0415 -- see above
        from backend.onebox.opening import ground_of, open_house  # noqa: PLC0415 -- see above

        raise_file_limit()
        with _log_file(folders, logs.configure):
            ready = databases.result()
            ground = ground_of(folders, block, ready.dsns)
            state.note_running(folders, block.offset)
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(open_house(ground, opening, report, ready.server))


@contextmanager
def _databases(folders: Folders) -> Iterator[Future[Databases]]:
    """Start PostgreSQL in a thread, and stop it at the end whatever came of it."""
    with ThreadPoolExecutor(1, "postgres") as thread:
        starting = thread.submit(_started, folders)
        try:
            yield starting
        finally:
            if starting.exception() is None:
                starting.result().server.stop()


def _started(folders: Folders) -> Databases:
    server = postgres.start(folders.postgres)
    with ExitStack() as undoing:
        undoing.callback(server.stop)
        dsns = {name: server.ensure_database(name) for name in PACKAGES}
        migrate([Schema(dsns[name], package) for name, package in PACKAGES.items()])
        undoing.pop_all()
    return Databases(server, dsns)


@contextmanager
def _ports(folders: Folders, wanted: int | None) -> Iterator[ports.Block]:
    block = ports.take(wanted, last=state.last_offset(folders))
    try:
        yield block
    finally:
        block.close()


@contextmanager
def _log_file(folders: Folders, configure: Callable[[TextIO], None]) -> Iterator[None]:
    """Write the services' log to its file; the one before is kept once."""
    if folders.log.exists() and folders.log.stat().st_size > _LARGEST_LOG:
        folders.log.replace(folders.log.with_suffix(".old.log"))
    with folders.log.open("a", encoding="utf-8", buffering=1) as file:
        configure(file)
        yield


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
