"""A load generator's process, line by line: a plan, "ready", the word, a report."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


class Child:
    """A generator that is connected and waits for the word."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def go(self) -> str:
        """Give the word and return the report; raises RuntimeError when there is none."""
        self.say("go")
        line = self.line()
        if not line:
            raise RuntimeError("the load generator ended without a report; its error stands above")
        return line

    def say(self, line: str) -> None:
        """Write a line."""
        pipe = _pipe(self._process.stdin)
        pipe.write(f"{line}\n")
        pipe.flush()

    def line(self) -> str:
        """Read a line; nothing at its end."""
        return _pipe(self._process.stdout).readline().strip()


@contextmanager
def child(module: str, plan: str) -> Iterator[Child]:
    """Yield a generator with its plan; raises RuntimeError when it cannot connect."""
    process = subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        made = Child(process)
        made.say(plan)
        if made.line() != "ready":
            raise RuntimeError("the load generator could not connect; its error stands above")
        yield made
    finally:
        process.kill()
        process.communicate()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the load generator has no pipe")
    return pipe
