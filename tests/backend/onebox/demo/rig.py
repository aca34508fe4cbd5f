"""A whole cinema in this process: the onebox's own assembly, joined without a network."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from psycopg.rows import dict_row
from starlette.responses import JSONResponse

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.onebox import secrets
from backend.onebox.assembly import Cinema, assemble
from backend.onebox.demo.keeper import Addresses, Keeper
from backend.onebox.folders import Folders
from backend.onebox.ground import Ground
from backend.onebox.launcher import PACKAGES
from backend.onebox.ports import Block
from backend.onebox.stripe_simulator.app import create_app as simulator_app
from backend.onebox.wiring import simulator
from tests.support.keys import GUEST_KEY, certs, guest_token, person_token

# Nobody listens there, so what is not wired here meets nobody.
PORTS = Block(23_000)
_STORED = ("movies", "payment", "ticket", "simulator")


class Wires(httpx2.AsyncBaseTransport):
    """Carries each request to the application of its port, and counts what was sent."""

    def __init__(self) -> None:
        self.apps: dict[int, Any] = {}
        self.sent: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent[f"{request.method} {request.url.path}"] += 1
        app = self.apps.get(request.url.port or 0)
        if app is None:
            raise httpx2.ConnectError("nobody there", request=request)
        return await httpx2.ASGITransport(app=app).handle_async_request(request)

    def changes(self) -> set[str]:
        """Return which requests asked for a change."""
        return {sent for sent in self.sent if not sent.startswith("GET ")}


@dataclass
class Rig:
    """The cinema, its keeper, and what a test asks about both."""

    cinema: Cinema
    ground: Ground
    wires: Wires
    http: httpx2.AsyncClient

    def __post_init__(self) -> None:
        """Engage the keeper, and note what it reports."""
        self.reports: list[tuple[str, int, int]] = []
        self.keeper = Keeper(self.addresses, self.http, self.staff_token, self._note)

    @property
    def addresses(self) -> Addresses:
        """Where the services are."""
        return Addresses(movies=PORTS.inner("movies"), simulator=PORTS.inner("simulator"))

    @property
    def movies(self) -> MoviesClient:
        """The movies service as everybody reaches it."""
        return MoviesClient(ServiceHttp(self.http, self.addresses.movies))

    def _note(self, what: str, done: int, total: int) -> None:
        self.reports.append((what, done, total))

    async def rows(self, service: str, statement: str) -> list[dict[str, Any]]:
        """Read a service's database directly."""
        async with await psycopg.AsyncConnection.connect(
            self.ground.dsns[service], row_factory=dict_row
        ) as connection:
            return await (await connection.execute(statement)).fetchall()

    async def guest(self) -> str:
        """Make a new guest's token, as auth does."""
        return guest_token()

    async def staff_token(self) -> str:
        """Make the till's token, as the provider does."""
        return person_token("box_office", "manager", "admin", iss=self.ground.realm["oidc_issuer"])


@asynccontextmanager
async def open_rig(folder: Path, database_of: Callable[[str], str]) -> AsyncIterator[Rig]:
    """Open movies, payment, ticket and the card simulator."""
    packages = PACKAGES
    dsns = {name: database_of(packages[name]) if name in _STORED else "" for name in packages}
    folders = Folders(folder)
    known = replace(secrets.ensure(folders.secrets, {}), guest_key=GUEST_KEY.as_dict(private=True))
    ground = Ground(folders, known, PORTS, dsns)
    wires = Wires()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx2.AsyncClient(transport=wires, timeout=30))
        cinema = assemble(ground, http)
        cinema.apps["simulator"] = simulator_app(simulator.settings(ground), transport=wires)
        wires.apps = {PORTS.port(name): cinema.apps[name] for name in _STORED}
        wires.apps[PORTS.port("identity")] = JSONResponse(certs())
        for name in ("simulator", "payment", "movies", "ticket"):
            app = cinema.apps[name]
            await stack.enter_async_context(app.router.lifespan_context(app))
        await cinema.broker.start()
        stack.push_async_callback(cinema.broker.stop)
        yield Rig(cinema, ground, wires, http)
