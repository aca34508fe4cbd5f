"""Opens a cinema in a process of its own: the onebox as it is, or one that tells more of itself."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from backend.onebox.folders import Folders
from tests.support.onebox import OpenCinema, end, temporary_folder

PLAIN = "tests.support.onebox"
ACCOUNTED = "bench.stage.accounted"
PROFILED = "bench.stage.profiled"


@contextmanager
def opened(module: str, settings: Mapping[str, str]) -> Iterator[OpenCinema]:
    """Yield a furnished cinema on a fresh state; it is closed and forgotten at the end."""
    with temporary_folder() as folder:
        process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", module, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **settings},
        )
        try:
            found = json.loads(next_line(process))
            yield OpenCinema(process, Folders(folder), found["addresses"], found["passwords"])
        finally:
            end(process)


def asked(cinema: OpenCinema, number: int) -> str:
    """Send a signal to a cinema that answers it with a line."""
    cinema.process.send_signal(number)
    return next_line(cinema.process)


def next_line(process: subprocess.Popen[str]) -> str:
    """Read a line; raises RuntimeError when the cinema has ended."""
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the cinema ended; its error stands above")
    return line
