"""Runs pgbench, which comes with the PostgreSQL programs that the onebox found."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.cpu import Cpu, Meter
from bench.stage.server import Server

_RATE = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)
CLIENTS = 16
# Numbers the transactions of all clients, each number once.
NUMBERED = f"\\set i :i + 1\n\\set number :first + :i * {CLIENTS} + :client_id\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to: transactions, their rate, and the CPU seconds of the measured ones."""

    done: int
    rate: float
    cpu: Cpu

    @property
    def database_ms(self) -> float:
        """CPU milliseconds of PostgreSQL for one transaction."""
        return self.cpu.database / self.done * 1000


_ACCOUNT = "\\set aid random(1, 100000)\n"
_UPDATE = "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;\n"


def numbers(each: int) -> int:
    """Return how many numbers a run takes."""
    return CLIENTS * (each + 1)


@dataclass(frozen=True, slots=True)
class Pgbench:
    """A script that is run on a database by so many clients, prepared."""

    server: Server
    database: str
    script: str
    meter: Meter

    def run(self, each: int, *, first: int = 0, **variables: int) -> Ran:
        """Let each client run so many transactions, numbered from `first` on.

        A run of one transaction a client is taken off: connecting costs, too. Raises RuntimeError
        when a transaction fails.
        """
        few, few_cpu = self._run(1, {"i": -1, "first": first, **variables})
        many, cpu = self._run(each, {"i": -1, "first": first + CLIENTS, **variables})
        done = int(_found(_DONE, many)) - int(_found(_DONE, few))
        return Ran(done, float(_found(_RATE, many)), cpu - few_cpu)

    def _run(self, each: int, variables: Mapping[str, int]) -> tuple[str, Cpu]:
        with tempfile.TemporaryDirectory(prefix="moviemesh-pgbench-") as folder:
            path = Path(folder) / "script.sql"
            path.write_text(self.script, "utf-8")
            words = [self.server.programs.program("pgbench"), "--no-vacuum"]
            words += ["--protocol=prepared", f"--client={CLIENTS}", "--jobs=1"]
            words += [f"--transactions={each}", f"--file={path}"]
            words += [f"--define={name}={number}" for name, number in variables.items()]
            before = self.meter.read()
            ran = subprocess.run(  # noqa: S603 -- the program that was found
                [*words, self.database],
                env={**os.environ, **self.server.variables()},
                capture_output=True,
                text=True,
                check=False,
            )
            cpu = self.meter.read() - before
        if ran.returncode or int(_found(_FAILED, ran.stdout, "0")):
            raise RuntimeError(f"pgbench failed:\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout, cpu


def _found(pattern: re.Pattern[str], text: str, otherwise: str | None = None) -> str:
    match = pattern.search(text)
    if match is None:
        if otherwise is not None:
            return otherwise
        raise RuntimeError(f"pgbench did not say what was asked:\n{text}")
    return match.group(1)


def single_update(server: Server, meter: Meter) -> Pgbench:
    """Return pgbench's own table in a database of its own, and its one-row update."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bench")
    made = subprocess.run(  # noqa: S603 -- the program that was found
        [server.programs.program("pgbench"), "--initialize", "--quiet", "bench"],
        env={**os.environ, **server.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"pgbench could not begin:\n{made.stderr}")
    return Pgbench(server, "bench", NUMBERED + _ACCOUNT + _UPDATE, meter)
