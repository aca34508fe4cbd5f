"""The cinema from its first page to its last: which service starts when, and which stops when.

The site answers as soon as movies and auth do. Who then pays or signs in within the next second
waits at the ports of the others, which are ours since before the start.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack, nullcontext, suppress
from importlib import import_module
from types import TracebackType
from typing import Any, Self

import httpx2

from backend.kit.app import Part
from backend.kit.tasks import end
from backend.onebox import ports, secrets
from backend.onebox.assembly import BACKS, FRONTS, Shared, applications, load
from backend.onebox.folders import Folders
from backend.onebox.ground import Ground
from backend.onebox.launcher import Opened, Opening, Report
from backend.onebox.mailbox.store import MailStore
from backend.onebox.neighbours import Joined, Neighbours
from backend.onebox.passphrases import memorable_password
from backend.onebox.people import PEOPLE
from backend.onebox.postgres import cluster as postgres
from backend.onebox.postgres.keeping import keep_running
from backend.onebox.servers import Served

# The site first, so that nothing new begins; the bus before those who send by it.
_CLOSING = (
    "web", "auth", "bus", "ticket", "movies", "payment", "mailbox", "simulator", "identity", "smtp",
)  # fmt: skip
# Ours, who call each other within the process; the stand-ins are far away, as what they stand for.
_NEAR = frozenset({"auth", "movies", "payment", "ticket", "web"})


def ground_of(folders: Folders, block: ports.Block, dsns: Mapping[str, str]) -> Ground:
    """Put together what the cinema stands on; secrets are made where there are none yet."""
    passwords = {person.email: memorable_password() for person in PEOPLE}
    return Ground(folders, secrets.ensure(folders.secrets, passwords), block, dsns)


async def open_house(
    ground: Ground, opening: Opening, report: Report, server: postgres.Cluster
) -> None:
    """Open, stay open until somebody stops us, and close."""
    stopped = _stop_on_signals()
    async with Neighbours() as http, _House(ground, http) as house:
        report.step("Opening the services")
        shared = Shared(http, MailStore(ground.folders.mails), reload=opening.reload)
        await house.open(applications(ground, shared, FRONTS))
        # Made once for those who wait already, while nobody else wants the processor.
        with suppress(httpx2.TransportError):
            await http.request("GET", f"{ground.ports.inner('web')}/en")
        # In a thread, so that the site already answers.
        await asyncio.to_thread(_load_the_others)
        # Imported here: see above.
        from backend.onebox import household  # noqa: PLC0415 -- loads the identity provider
        from backend.onebox.mailbox.smtp import SmtpSink  # noqa: PLC0415 -- loads the SMTP server

        backs = applications(ground, shared, BACKS)
        await household.make_people(ground)
        await house.start("smtp", SmtpSink(shared.mails, ground.ports.sockets["smtp"]))
        await house.open(backs)
        await house.start("bus", shared.broker)
        keeper = household.keeper_of(ground, backs["identity"], http, report.progress)
        if opening.is_furnished:
            report.step("Furnishing the cinema")
            await household.furnish(keeper)
        # What was loaded stays for good: the collector need not look through it again and again.
        gc.freeze()
        gc.enable()
        report.opened(_opened(ground))
        async with household.attended(keeper) if opening.has_visitors else nullcontext():
            try:
                await _until_stopped(stopped, server)
            finally:
                report.closing()


def _load_the_others() -> None:
    load(BACKS)
    for module in ("household", "mailbox.smtp"):
        import_module(f"backend.onebox.{module}")


class _House:
    """What has been started, by name; it is stopped in the order of closing."""

    def __init__(self, ground: Ground, http: Neighbours) -> None:
        self._ground = ground
        self._http = http
        self._started: list[tuple[int, Part]] = []

    async def open(self, apps: Mapping[str, Any]) -> None:
        """Start applications on their ports."""
        for name, app in apps.items():
            await self.start(name, Served(name, app, self._ground.ports.sockets[name]))
            if name in _NEAR:
                await self.start(name, Joined(self._http, self._ground.ports.inner(name), app))

    async def start(self, name: str, part: Part) -> None:
        """Start a part."""
        await part.start()
        self._started.append((_CLOSING.index(name), part))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        async with AsyncExitStack() as stack:
            # The stack ends what came last first: of one name, the door before the house.
            for _, part in sorted(self._started, key=lambda pair: pair[0], reverse=True):
                stack.push_async_callback(part.stop)


async def _until_stopped(stopped: asyncio.Event, server: postgres.Cluster) -> None:
    """Keep PostgreSQL running until somebody stops us; raises PostgresProblem when it cannot."""
    waiting = asyncio.create_task(stopped.wait(), name="waiting for the end")
    keeping = asyncio.create_task(keep_running(server), name="keeping PostgreSQL")
    await asyncio.wait({waiting, keeping}, return_when=asyncio.FIRST_COMPLETED)
    if keeping.done():
        await keeping
    await end(keeping)


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
