"""Opens the cinema for the measurement and gives the lines what they need of it.

It is the onebox of `make run` on a fresh state, furnished, without the demo's visitors. Holds last
for hours, so that no clean-up of one line falls into another; nothing else differs.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import psycopg

from backend.onebox.postgres import binaries
from backend.onebox.postgres.cluster import Cluster
from backend.onebox.postgres.owner import owner_for
from bench.cpu import Meter
from bench.stage.halls import Halls
from bench.stage.people import Guests, sign_in
from tests.support.onebox import OpenCinema, open_cinema, temporary_folder

_SETTINGS = {"MM_MOVIES_HOLD_WEB": "PT6H"}


@dataclass
class Stage:
    """An open cinema, its PostgreSQL and its people."""

    cinema: OpenCinema
    cluster: Cluster

    @cached_property
    def guests(self) -> Guests:
        """Buyers without an account."""
        return Guests(self.cinema)

    @cached_property
    def halls(self) -> Halls:
        """Where lines get screenings of their own."""
        return Halls(self.address("movies"), self.token("admin@mesh.example"))

    @cached_property
    def meter(self) -> Meter:
        """The clocks of the onebox and of PostgreSQL."""
        return Meter(self.cinema.process.pid, self.cluster.pid)

    def token(self, email: str) -> str:
        """Sign a person of the demo in, anew each time: tokens live five minutes."""
        return sign_in(self.cinema, email)

    def address(self, service: str) -> str:
        """Return a service's public address without a name that has to be looked up."""
        return self.cinema.addresses[service].replace("localhost", "127.0.0.1")

    def screenings(self, many: int, *, seats: int) -> list[UUID]:
        """Return new screenings that are on sale."""
        return asyncio.run(self.halls.screenings(many, seats=seats))

    def admin(self, database: str) -> psycopg.Connection:
        """Connect to a database as its superuser: to look, never to help."""
        dsn = self.cluster.admin_dsn.replace("/postgres?", f"/{database}?")
        return psycopg.connect(dsn, autocommit=True)


@contextmanager
def staged() -> Iterator[Stage]:
    """Yield an open cinema on a fresh state; it is closed and forgotten at the end."""
    with temporary_folder() as folder, open_cinema(folder, **_SETTINGS) as cinema:
        yield Stage(cinema, attached(cinema.folders.postgres))


def attached(folder: Path) -> Cluster:
    """Return the running server of a state."""
    lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    passwords: dict[str, str] = json.loads((folder / "passwords.json").read_text())
    programs = binaries.find(made_by=int((folder / "data" / "PG_VERSION").read_text()))
    return Cluster(folder, owner_for(folder), programs, int(lines[3]), passwords)
