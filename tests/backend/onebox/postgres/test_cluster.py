"""The embedded server: kept closed, found again after a kill, and whole after a power cut."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from backend.onebox.postgres import cluster as postgres
from backend.onebox.postgres.cluster import Cluster
from tests.support.onebox import temporary_folder

pytestmark = pytest.mark.integration
Start = Callable[[], Cluster]


@contextmanager
def starting(folder: Path) -> Iterator[Start]:
    """Yield what starts, or finds, the folder's server; at the end each is stopped by its maker."""
    made: list[Cluster] = []

    def start() -> Cluster:
        made.append(postgres.start(folder))
        return made[-1]

    yield start
    for cluster in made:
        cluster.stop()
        # One that somebody else stopped is still this process's child.
        if cluster._server is not None:
            cluster._server.wait(30)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data folder for all: a test begins with whatever the one before it left."""
    with temporary_folder() as state:
        yield state / "postgres"


@pytest.fixture
def start(folder) -> Iterator[Start]:
    with starting(folder) as given:
        yield given


def run(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_every_database_is_its_own_roles_alone(start):
    cluster = start()
    movies, ticket = cluster.ensure_database("movies"), cluster.ensure_database("ticket")
    strange = re.sub(r"/movies\?", "/ticket?", movies)
    guessed = re.sub(r":[^:@]+@", ":wrong@", movies)

    assert run(movies, "SELECT current_user::text, current_database()::text") == [
        ("movies", "movies")
    ]
    assert run(ticket, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        run(strange, "SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        run(guessed, "SELECT 1")


def test_server_listens_on_this_machine_alone(start):
    cluster = start()

    assert run(
        cluster.admin_dsn,
        "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories'),"
        " current_setting('fsync')",
    ) == [("127.0.0.1", "", "on")]


def test_passwords_can_be_read_by_nobody_else(folder, start):
    start()

    assert (folder / "passwords.json").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert not (folder / "first-password").exists()


def test_server_left_running_is_found_again(start):
    first = start()
    dsn = first.ensure_database("movies")
    run(dsn, "CREATE TABLE kept (n integer)")

    second = start()

    assert (second.pid, second.port) == (first.pid, first.port)
    assert second.ensure_database("movies") == dsn
    assert run(dsn, "SELECT count(*) FROM kept") == [(0,)]


def test_what_was_committed_is_there_after_a_power_cut(start):
    first = start()
    run(first.ensure_database("movies"), "CREATE TABLE sold AS SELECT 17 AS seat")
    first.stop(is_immediate=True)

    second = start()

    assert run(second.ensure_database("movies"), "SELECT seat FROM sold") == [(17,)]


def test_interrupted_first_start_is_done_anew():
    with temporary_folder() as state, starting(state / "postgres") as start:
        (state / "postgres" / "data").mkdir(parents=True)
        (state / "postgres" / "data" / "PG_VERSION").write_text("15\n")

        assert run(start().admin_dsn, "SELECT 1") == [(1,)]


def test_note_of_a_server_that_is_gone_keeps_nobody_out(folder, start):
    first = start()
    note = (folder / "data" / "postmaster.pid").read_text()
    first.stop(is_immediate=True)
    # After a power cut the number may belong to another program: here, to this test.
    mine = note.replace(note.splitlines()[0], str(os.getpid()), 1)
    (folder / "data" / "postmaster.pid").write_text(mine)

    second = start()

    assert second.pid not in {0, os.getpid()}
    assert run(second.admin_dsn, "SELECT 1") == [(1,)]


def test_stopping_twice_is_harmless(start):
    cluster = start()
    pid = cluster.pid

    cluster.stop()
    cluster.stop()

    assert (pid > 0, cluster.pid) == (True, 0)


def test_server_left_behind_is_stopped(folder, start):
    left = start()

    postgres.stop_left_behind(folder)

    assert left.pid == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows whether a process was reaped")
def test_a_process_that_nobody_reaps_counts_as_gone():
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    assert not postgres._is_alive(child.pid)
    child.wait()
