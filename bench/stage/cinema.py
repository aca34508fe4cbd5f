"""Opens the cinema for the measurement and gives the lines what they need of it.

It is the onebox of `make run` on a fresh state, furnished, without the demo's visitors. Holds last
for hours, so that no clean-up of one line falls into another; nothing else differs.
"""

import asyncio
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import psycopg

from bench.cpu import Meter
from bench.stage.halls import Halls
from bench.stage.opening import PLAIN, PROFILED, asked, opened
from bench.stage.people import Guests, sign_in
from bench.stage.server import Server
from tests.support.onebox import OpenCinema

Profile = dict[str, list[tuple[str, float]]]
_SETTINGS = {"MM_MOVIES_HOLD_WEB": "PT6H"}


@dataclass
class Stage:
    """An open cinema, its PostgreSQL and its people."""

    cinema: OpenCinema
    server: Server

    @cached_property
    def guests(self) -> Guests:
        """Buyers without an account."""
        return Guests(self.cinema)

    @cached_property
    def halls(self) -> Halls:
        """Where lines get screenings of their own."""
        return Halls(self.address("movies"), lambda: self.token("admin@mesh.example"))

    @cached_property
    def meter(self) -> Meter:
        """The clocks of the onebox and of PostgreSQL."""
        return Meter(self.cinema.process.pid, self.server.pid)

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
        return psycopg.connect(self.server.dsn(database), autocommit=True)


@contextmanager
def staged(*, is_profiled: bool = False) -> Iterator[Stage]:
    """Yield an open cinema on a fresh state; it is closed and forgotten at the end."""
    with opened(PROFILED if is_profiled else PLAIN, _SETTINGS) as cinema:
        yield Stage(cinema, Server.of(cinema.folders.postgres))


def profile_of(stage: Stage) -> Profile:
    """Return where a profiled cinema's time went since the last time."""
    profile: Profile = json.loads(asked(stage.cinema, signal.SIGUSR1))
    return profile
