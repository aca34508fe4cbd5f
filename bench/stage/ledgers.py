"""Opens the cinema with a ledger and reads what its parts have cost so far."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.onebox import end, temporary_folder


@dataclass(frozen=True, slots=True)
class Accounted:
    """An open cinema that tells the CPU seconds of its parts."""

    process: subprocess.Popen[str]
    site: str

    def costs(self) -> dict[str, float]:
        """Return CPU seconds by part since it was opened."""
        self.process.send_signal(signal.SIGUSR1)
        costs: dict[str, float] = json.loads(_line(self.process))
        return costs


@contextmanager
def accounted() -> Iterator[Accounted]:
    """Yield such a cinema on a state of its own."""
    with temporary_folder() as folder:
        process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", "bench.stage.accounted", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield Accounted(process, json.loads(_line(process))["addresses"]["web"])
        finally:
            end(process)


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the cinema with a ledger ended; its error stands above")
    return line
