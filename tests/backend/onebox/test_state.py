"""One process at a time uses a state, and forgetting it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.onebox import state
from backend.onebox.folders import Folders
from backend.onebox.state import InUse

pytestmark = pytest.mark.integration
HOLD = """
import sys
from pathlib import Path
from backend.onebox import state
from backend.onebox.folders import Folders
from backend.onebox.postgres import cluster
here = Folders(Path(sys.argv[1]))
with state.locked(here):
    if "postgres" in sys.argv:
        cluster.start(here.postgres)
    state.note_running(here, 300)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def here() -> Iterator[Folders]:
    # Not pytest's own folder: PostgreSQL's user could not reach it when root runs the tests.
    with tempfile.TemporaryDirectory(prefix="moviemesh-state-") as folder:
        Path(folder).chmod(0o755)
        yield Folders(Path(folder) / "state")


@contextmanager
def held(here: Folders, *words: str) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(here.root), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def holder(here):
    with held(here) as process:
        yield process


def test_a_second_process_is_refused_and_told_where_the_first_is(here, holder):
    with pytest.raises(InUse, match=rf"process {holder.pid}, web on port 8381"), state.locked(here):
        pytest.fail("two processes have the lock")


def test_whoever_asks_sees_the_running_process(here, holder):
    assert state.running(here) == state.Running(holder.pid, 300)


def test_a_killed_process_frees_the_state_and_its_block_is_remembered(here, holder):
    holder.kill()
    holder.wait()

    assert state.running(here) is None
    assert state.last_offset(here) == 300
    with state.locked(here):
        assert holder.returncode == -signal.SIGKILL


def test_forgetting_stops_the_postgres_that_a_kill_left(here):
    with held(here, "postgres"):
        pass
    lines = (here.postgres / "data" / "postmaster.pid").read_text().splitlines()
    left, door = int(lines[0]), ("127.0.0.1", int(lines[3]))
    os.kill(left, 0)
    socket.create_connection(door, timeout=5).close()

    state.forget(here)

    assert [path.name for path in here.root.iterdir()] == ["lock"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(door, timeout=5)


def test_forgetting_is_refused_while_the_cinema_is_open(here, holder):
    with pytest.raises(InUse):
        state.forget(here)

    assert holder.poll() is None
    assert (here.root / "running.json").exists()


def test_forgetting_nothing_is_fine(here):
    state.forget(here)

    assert not here.root.exists()
