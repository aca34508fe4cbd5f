"""Migrations: once, whoever runs them and how many at a time; a newer database is left alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from backend.kit import migrations
from backend.kit.migrations import Schema, pending
from backend.kit.migrations.runner import MigrationFailed, migrate

pytestmark = pytest.mark.integration


@pytest.fixture
def schema(server):
    """An empty database, and the schema that it shall have."""
    name = "to_migrate"
    with psycopg.connect(server.cluster.admin_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Schema(server._dsn(name), "backend.movies")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _query(schema: Schema, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(schema.dsn, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_second_run_finds_nothing_to_do(schema):
    assert pending(schema) is True
    assert migrate([schema]) == 1

    assert pending(schema) is False
    assert migrate([schema]) == 0
    assert _query(schema, "SELECT version_num FROM alembic_version") == [(schema.head,)]


def test_runners_side_by_side_migrate_once(schema):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: migrate([schema]), range(3)))

    assert set(results) <= {0, 1}
    assert pending(schema) is False
    assert _query(schema, "SELECT count(*) FROM alembic_version") == [(1,)]


def test_database_of_a_newer_release_is_left_alone(schema):
    migrate([schema])
    _query(schema, "UPDATE alembic_version SET version_num = '9999'")

    assert pending(schema) is False
    assert migrate([schema]) == 0


def test_failed_step_leaves_the_database_as_it_was_and_says_why(schema):
    _query(schema, "CREATE TABLE outbox (nothing integer)")

    with pytest.raises(MigrationFailed, match='relation "outbox" already exists'):
        migrate([schema])

    assert _query(schema, "SELECT to_regclass('inbox') IS NULL") == [(True,)]


def test_migration_tools_stay_out_of_the_service():
    assert not {"alembic", "sqlalchemy"} & {name.split(".")[0] for name in vars(migrations)}
