"""The test run's own PostgreSQL: one server for all workers, a fresh database for each test."""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from backend.kit.migrations import Schema
from backend.kit.migrations.runner import migrate
from backend.onebox.postgres import cluster as postgres
from backend.onebox.postgres.cluster import Cluster

# Tests of what survives a crash start servers of their own, with fsync on.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class TestServer:
    """A server, and a migrated template for each package asked for."""

    __test__ = False

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._templates: dict[str, str] = {}

    @contextmanager
    def database(self, package: str) -> Iterator[str]:
        """Yield the connection of a new database with the package's schema."""
        template = self._templates.get(package) or self._make_template(package)
        name = f"t_{uuid4().hex[:12]}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        try:
            yield self._dsn(name)
        finally:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _make_template(self, package: str) -> str:
        name = "template_" + package.replace(".", "_") + f"_{os.getpid()}"
        self._run(sql.SQL("CREATE DATABASE {}"), name)
        migrate([Schema(self._dsn(name), package)])
        self._templates[package] = name
        return name

    def _dsn(self, database: str) -> str:
        return self.cluster.admin_dsn.replace("/postgres?", f"/{database}?")

    def _run(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.cluster.admin_dsn, autocommit=True) as connection:
            connection.execute(statement.format(*(sql.Identifier(name) for name in names)))


def start() -> TestServer:
    """Start a server in a temporary folder; it ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="moviemesh-test-", ignore_cleanup_errors=True)
    Path(folder.name).chmod(0o755)
    cluster = postgres.start(Path(folder.name) / "postgres", settings=_FAST)

    def end() -> None:
        cluster.stop(is_immediate=True)
        folder.cleanup()

    atexit.register(end)
    return TestServer(cluster)
