"""The test run's own PostgreSQL: one server for all workers, and databases that tests borrow.

A new database costs a tenth of a second, an emptied one a hundredth: what a test gives back is
emptied and lent again, unless the test changed the schema itself.
"""

import atexit
import os
import tempfile
from collections import defaultdict
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

# Everything that a migration can make, and the revision: what differs was changed by a test.
_SCHEMA = """
    SELECT md5(string_agg(made, ' ' ORDER BY made)) FROM (
        SELECT format('%s %s %s', c.oid, c.relname, c.relchecks) FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s', a.attrelid, a.attname, a.attnotnull) FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
        UNION ALL SELECT format('%s %s', oid, conname) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s', oid, md5(prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT version_num FROM alembic_version
    ) AS all_of_it (made)
"""
_ALONE = """
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A deletion touches only tables with rows; a truncation would make a file for each index anew.
# The triggers of append-only tables would refuse it, as they should.
_EMPTY = """
    DO $$
    DECLARE
        one regclass;
        has_rows boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
                   AND relkind = 'r' AND relname <> 'alembic_version'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO has_rows;
            IF has_rows THEN
                EXECUTE format('DELETE FROM %s', one);
            END IF;
        END LOOP;
        FOR one IN SELECT oid FROM pg_class
                   WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
        LOOP
            PERFORM setval(one, seqstart, false) FROM pg_sequence WHERE seqrelid = one;
        END LOOP;
    END $$
"""


class TestServer:
    """A server, and for each package asked for a migrated template and the databases at rest."""

    __test__ = False

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._templates: dict[str, str] = {}
        self._resting: defaultdict[str, list[str]] = defaultdict(list)
        self._schemas: dict[str, str] = {}

    @contextmanager
    def database(self, package: str) -> Iterator[str]:
        """Yield the connection of an empty database with the package's schema."""
        resting = self._resting[package]
        name = resting.pop() if resting else self._make(package)
        try:
            yield self._dsn(name)
        finally:
            if self._emptied(name):
                resting.append(name)
            else:
                self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)

    def _make(self, package: str) -> str:
        template = self._templates.get(package) or self._make_template(package)
        name = f"t_{uuid4().hex[:12]}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        self._schemas[name] = self._schema(name)
        return name

    def _make_template(self, package: str) -> str:
        name = "template_" + package.replace(".", "_") + f"_{os.getpid()}"
        self._run(sql.SQL("CREATE DATABASE {}"), name)
        migrate([Schema(self._dsn(name), package)])
        self._templates[package] = name
        return name

    def _schema(self, name: str) -> str:
        with psycopg.connect(self._dsn(name), autocommit=True) as connection:
            return _schema_of(connection)

    def _emptied(self, name: str) -> bool:
        """Empty a database for the next test; say whether it is as it was made."""
        try:
            with psycopg.connect(self._dsn(name), autocommit=True) as connection:
                connection.execute(_ALONE)
                if _schema_of(connection) != self._schemas[name]:
                    return False
                connection.execute(_EMPTY)
        except psycopg.Error:  # dropped, or closed to connections: the test's own doing
            return False
        return True

    def _dsn(self, database: str) -> str:
        return self.cluster.admin_dsn.replace("/postgres?", f"/{database}?")

    def _run(self, statement: sql.SQL, *names: str) -> None:
        with psycopg.connect(self.cluster.admin_dsn, autocommit=True) as connection:
            connection.execute(statement.format(*(sql.Identifier(name) for name in names)))


def _schema_of(connection: psycopg.Connection) -> str:
    row = connection.execute(_SCHEMA).fetchone()
    return str(row[0]) if row else ""


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
