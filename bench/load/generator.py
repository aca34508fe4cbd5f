"""Runs the load generator and reads the clocks of the measured processes around its sending."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from bench.cpu import Cpu, Meter
from bench.load.plans import Plan, Sent, save

_MODULE = "bench.load"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was sent, and the CPU seconds that the measured processes spent meanwhile."""

    sent: Sent
    cpu: Cpu

    @property
    def per_request(self) -> Cpu:
        """CPU milliseconds a request."""
        return self.cpu.per(max(1, self.sent.done))


def measure(meter: Meter, plan: Plan, requests: Iterable[bytes]) -> Measured:
    """Send the requests by the plan; raises RuntimeError when the generator fails."""
    with started(plan, requests) as process:
        before = meter.read()
        line = answer(process)
        return Measured(Sent.read(line), meter.read() - before)


@contextmanager
def started(plan: Plan, requests: Iterable[bytes]) -> Iterator[subprocess.Popen[str]]:
    """Yield a generator that is connected and waits for the word."""
    with tempfile.TemporaryDirectory(prefix="moviemesh-load-") as folder:
        path = Path(folder) / "requests"
        save(path, requests)
        process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _say(process, replace(plan, requests=str(path)).written())
            if _line(process) != "ready":
                raise RuntimeError("the load generator could not connect")
            yield process
        finally:
            process.kill()
            process.communicate()


def answer(process: subprocess.Popen[str]) -> str:
    """Give the word and return the report."""
    _say(process, "go")
    line = _line(process)
    if not line:
        raise RuntimeError("the load generator ended without a report; its error stands above")
    return line


def _say(process: subprocess.Popen[str], line: str) -> None:
    pipe = _pipe(process.stdin)
    pipe.write(f"{line}\n")
    pipe.flush()


def _line(process: subprocess.Popen[str]) -> str:
    return _pipe(process.stdout).readline().strip()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the load generator has no pipe")
    return pipe
