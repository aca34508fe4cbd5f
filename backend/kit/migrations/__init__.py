"""Schema changes, run once: in a child process, so that Alembic never loads into a service."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import psycopg

_NUMBERED = re.compile(r"^(\d{4})_\w+\.py$")
# One lock for every runner on a database: whoever comes second finds nothing left to do.
_LOCK = 5_115_207_661


class Operations(Protocol):
    """The part of Alembic's `op` that our steps use."""

    def get_bind(self) -> Any:
        """Return SQLAlchemy's connection."""
        ...


@dataclass(frozen=True, slots=True)
class Schema:
    """A database and the package whose `migrations/versions` describe it."""

    dsn: str
    package: str

    @property
    def versions(self) -> Path:
        """The folder of its steps."""
        return Path(str(files(self.package))) / "migrations" / "versions"

    @property
    def head(self) -> str:
        """The revision of its newest step."""
        numbers = [
            m.group(1) for path in self.versions.iterdir() if (m := _NUMBERED.match(path.name))
        ]
        return max(numbers, default="")


def sql(package: str, name: str) -> str:
    """Read a .sql file that stands beside its feature."""
    return files(package).joinpath(name).read_text("utf-8")


def run_sql(op: Operations, text: str) -> None:
    """Run statements as they are: no parameter, colon or percent sign means anything."""
    op.get_bind().connection.driver_connection.execute(text.encode())


def pending(schema: Schema) -> bool:
    """Say whether a database is behind its package."""
    with psycopg.connect(schema.dsn, connect_timeout=10) as connection:
        table = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        if table is None or table[0] is None:
            return True
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        # A newer database is not behind: the release before must go on running beside its heir.
        return row is None or row[0] < schema.head


@contextmanager
def only_runner(dsn: str) -> Iterator[None]:
    """Hold the lock of a database's runners."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield
