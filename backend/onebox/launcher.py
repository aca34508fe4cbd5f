"""Opens the whole cinema in this process, and closes it without losing anything.

Order of opening: state lock, ports, PostgreSQL, migrations (in a child), services, the demo.
Closing goes the other way: the site first, the bus before its senders, PostgreSQL last.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Protocol

import httpx2

from backend.contracts.problems import Unavailable
from backend.kit import logs
from backend.kit.app import Part
from backend.kit.migrations import Schema
from backend.kit.migrations.runner import migrate
from backend.kit.tasks import end
from backend.onebox import ports, secrets, state
from backend.onebox.assembly import PACKAGES, Cinema, Ground, assemble, identity_settings
from backend.onebox.demo.keeper import Addresses, Keeper
from backend.onebox.folders import Folders
from backend.onebox.guard import raise_file_limit
from backend.onebox.identity.demo import DemoUser, ensure_users, memorable_password
from backend.onebox.mailbox.smtp import SmtpSink
from backend.onebox.neighbours import Joined, Neighbours
from backend.onebox.people import PEOPLE, TILL
from backend.onebox.postgres import cluster as postgres
from backend.onebox.postgres.keeping import keep_running
from backend.onebox.servers import Served
from backend.onebox.till import TillToken

_log = logs.logger(__name__)
_LARGEST_LOG = 20_000_000
_TRIES, _PAUSE_S = 4, 2.0
# The site answers last and stops first.
_BACKENDS = ("identity", "simulator", "mailbox", "payment", "movies", "ticket")
_FRONTS = ("auth", "web")
# Ours, who call each other within the process; the stand-ins are far away, as what they stand for.
_NEAR = frozenset({"auth", "movies", "payment", "ticket"})


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


def run(folders: Folders, opening: Opening, report: Report) -> None:
    """Open the cinema and keep it open until SIGINT or SIGTERM.

    Raises InUse, PortsTaken, PostgresProblem, MigrationFailed, ServerFailed or a Problem of the
    services, each with a sentence for the person at the terminal.
    """
    raise_file_limit()
    with state.locked(folders), _ports(folders, opening.offset) as block, _log_file(folders):
        report.step("Starting PostgreSQL")
        server = postgres.start(folders.postgres)
        try:
            ground = _ground(folders, block, server)
            report.step("Bringing the databases up to date")
            migrate([Schema(ground.dsns[name], package) for name, package in PACKAGES.items()])
            state.note_running(folders, block.offset)
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_open(ground, opening, report, server))
        finally:
            server.stop()


@contextmanager
def _ports(folders: Folders, wanted: int | None) -> Iterator[ports.Block]:
    block = ports.take(wanted, last=state.last_offset(folders))
    try:
        yield block
    finally:
        block.close()


@contextmanager
def _log_file(folders: Folders) -> Iterator[None]:
    """Write the services' log to its file; the one before is kept once."""
    if folders.log.exists() and folders.log.stat().st_size > _LARGEST_LOG:
        folders.log.replace(folders.log.with_suffix(".old.log"))
    with folders.log.open("a", encoding="utf-8", buffering=1) as file:
        logs.configure(file)
        yield


def _ground(folders: Folders, block: ports.Block, server: postgres.Cluster) -> Ground:
    passwords = {person.email: memorable_password() for person in PEOPLE}
    return Ground(
        folders=folders,
        secrets=secrets.ensure(folders.secrets, passwords),
        ports=block,
        dsns={name: server.ensure_database(name) for name in PACKAGES},
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 -- not on Windows
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


async def _open(ground: Ground, opening: Opening, report: Report, server: postgres.Cluster) -> None:
    stopped = _stop_on_signals()
    async with Neighbours() as http, AsyncExitStack() as stack:
        report.step("Opening the services")
        cinema = assemble(ground, http, reload=opening.reload)
        await _make_people(ground)
        await _serve(ground, cinema, http, stack)
        keeper = _keeper(ground, cinema, http, report)
        if opening.is_furnished:
            report.step("Furnishing the cinema")
            await _furnish(keeper)
        report.opened(_opened(ground))
        async with _background(keeper) if opening.has_visitors else nullcontext():
            try:
                await _until_stopped(stopped, server)
            finally:
                report.closing()


async def _until_stopped(stopped: asyncio.Event, server: postgres.Cluster) -> None:
    """Keep PostgreSQL running until somebody stops us; raises PostgresProblem when it cannot."""
    waiting = asyncio.create_task(stopped.wait(), name="waiting for the end")
    keeping = asyncio.create_task(keep_running(server), name="keeping PostgreSQL")
    await asyncio.wait({waiting, keeping}, return_when=asyncio.FIRST_COMPLETED)
    if keeping.done():
        await keeping
    await end(keeping)


async def _serve(ground: Ground, cinema: Cinema, http: Neighbours, stack: AsyncExitStack) -> None:
    """Start everything; the stack stops it in the reverse order."""
    sink = SmtpSink(cinema.mails, ground.ports.sockets["smtp"])
    await _entered(stack, [sink, *_served(ground, cinema, http, _BACKENDS)])
    await cinema.broker.start()
    stack.push_async_callback(cinema.broker.stop)
    await _entered(stack, _served(ground, cinema, http, _FRONTS))


async def _entered(stack: AsyncExitStack, parts: Iterable[Part]) -> None:
    for part in parts:
        await part.start()
        stack.push_async_callback(part.stop)


def _served(
    ground: Ground, cinema: Cinema, http: Neighbours, names: Sequence[str]
) -> Iterator[Part]:
    for name in names:
        yield Served(name, cinema.apps[name], ground.ports.sockets[name])
        if name in _NEAR:
            yield Joined(http, ground.ports.inner(name), cinema.apps[name])


async def _make_people(ground: Ground) -> None:
    """Make the demo's accounts; those that are there stay as their owners left them."""
    passwords = ground.secrets.demo_passwords
    users = [
        DemoUser(
            person.email,
            person.name,
            person.roles,
            cinemas=person.cinemas,
            language=person.language,
            password=passwords.get(person.email),
        )
        for person in (*PEOPLE, TILL)
    ]
    await ensure_users(identity_settings(ground), users)


def _keeper(ground: Ground, cinema: Cinema, http: httpx2.AsyncClient, report: Report) -> Keeper:
    addresses = Addresses(
        movies=ground.ports.inner("movies"), simulator=ground.ports.inner("simulator")
    )
    token = TillToken(cinema.apps["identity"].state.parts)
    return Keeper(addresses, http, token, report.progress)


async def _furnish(keeper: Keeper) -> None:
    """Furnish, again when a busy machine answered too late: what is there already stays."""
    for _ in range(_TRIES):
        try:
            return await keeper.furnish()
        except Unavailable as problem:
            _log.warning("furnishing is tried again", problem=problem.code)
            await asyncio.sleep(_PAUSE_S)
    return await keeper.furnish()


@asynccontextmanager
async def _background(keeper: Keeper) -> AsyncIterator[None]:
    """Let the demo live while the cinema is open; its faults are logged and end nothing."""
    task = asyncio.create_task(_live(keeper), name="demo")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _live(keeper: Keeper) -> None:
    try:
        await keeper.enliven()
        await keeper.watch()
    # The demo's guard: an empty seat is no reason to close the house.
    except Exception:  # noqa: BLE001 -- the guard of the demo
        _log.exception("the demo stopped filling the cinema")


def _opened(ground: Ground) -> Opened:
    names = (*ports.BASE,)
    return Opened(
        folders=ground.folders,
        addresses={name: ground.ports.url(name) for name in names if name != "smtp"},
        passwords=ground.secrets.demo_passwords,
    )


def _stop_on_signals() -> asyncio.Event:
    """Set the event at the first SIGINT or SIGTERM; the second one ends the process at once."""
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            # Nothing is lost: every step is committed, and the next start goes on from there.
            os._exit(130)
        stopped.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    return stopped
