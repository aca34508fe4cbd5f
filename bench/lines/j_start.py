"""j: `moviemesh run` on a state that is there: how long to the first page, and how much memory."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from bench.amounts import Amounts
from bench.results import Figure, Outcome
from bench.stage.cinema import Stage
from tests.support.onebox import open_cinema, temporary_folder

_STARTS = 5
# Between the blocks that tests take, and below the ports of outgoing connections.
_OFFSET = 20_650
_WAIT_S, _LOOK_S = 60.0, 0.01
_AFTER_S = 3.0
_MB = 1_000_000
_TOLD = (
    "From the start of the command to the whole programme page, PostgreSQL's own start included."
    " Memory is the proportional share (PSS) of the command's process without PostgreSQL, first"
    " with the first page, then {:.0f} s later, while the demo's visitors are buying."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Start again and again on one furnished state."""
    del stage
    many = max(2, amounts.scaled(_STARTS))
    with temporary_folder() as folder:
        with open_cinema(folder):
            pass
        found = [_start(folder) for _ in range(many + 1)][1:]
    return Outcome(
        "j",
        (
            Figure(
                "to the first page",
                "s",
                tuple(one[0] for one in found),
                better="less",
                at_least=3,
                aim=2,
            ),
            Figure(
                "memory with the first page",
                "MB",
                tuple(one[1] for one in found),
                better="less",
                at_least=200,
                aim=150,
            ),
            Figure("memory with visitors", "MB", tuple(one[2] for one in found), better="less"),
            Figure("CPU of the start", "s", tuple(one[3] for one in found), better="less"),
        ),
        checks=(_TOLD.format(_AFTER_S),),
    )


def _start(folder: Path) -> tuple[float, float, float, float]:
    """Return seconds to the first page, two memories in MB, and CPU seconds up to the page."""
    began = time.monotonic()
    with _running(folder) as process:
        _first_page(process)
        seconds = time.monotonic() - began
        cpu = process.cpu_times()
        first = _memory(process)
        time.sleep(_AFTER_S)
        later = _memory(process)
    return seconds, first, later, cpu.user + cpu.system + cpu.children_user + cpu.children_system


@contextmanager
def _running(folder: Path) -> Iterator[psutil.Process]:
    """Yield the command; it is closed as by Ctrl-C."""
    command = str(Path(sys.executable).with_name("moviemesh"))
    variables = {"MM_DATA": str(folder), "PORTS": f"+{_OFFSET}", "BROWSER": "0"}
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [command, "run"],
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _first_page(process: psutil.Process) -> None:
    url = f"http://127.0.0.1:{8081 + _OFFSET}/en"
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until and process.is_running():
        try:
            with urlopen(url, timeout=20) as answer:
                if answer.status == 200 and b"</html>" in answer.read():
                    return
        except (URLError, OSError):
            time.sleep(_LOOK_S)
    raise RuntimeError("the cinema did not show its first page")


def _memory(process: psutil.Process) -> float:
    """Return the process's share of memory; where the system has no such number, all of it."""
    found = process.memory_full_info()
    return float(getattr(found, "pss", found.rss)) / _MB
