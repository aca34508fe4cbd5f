"""The table at the end: what each scenario did, and what was found."""

import sys
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

_SHOWN = 20
_EVERY_S = 5.0


@dataclass(slots=True)
class Tally:
    """What a scenario counts. `runs` are purchases, rounds or messages; `rivals` at one time."""

    fault: str
    runs: int = 0
    kills: int = 0
    rivals: int = 0
    in_doubt: int = 0
    seconds: float = 0.0
    note: str = ""
    findings: list[str] = field(default_factory=list)
    outcome: str = "not ended"


TALLIES: list[Tally] = []


def add(tally: Tally) -> Tally:
    """Let the table show a tally."""
    TALLIES.append(tally)
    return tally


def table(title: str) -> Table:
    """Return the table of everything that ran."""
    columns = ("scenario", "runs", "kills", "rivals", "in doubt", "findings", "seconds", "verdict")
    drawn = Table(*columns, title=title)
    for one in TALLIES:
        figures = (one.runs, one.kills, one.rivals, one.in_doubt, len(one.findings))
        drawn.add_row(
            one.fault, *(f"{n:,}" for n in figures), f"{one.seconds:.1f}", one.outcome + one.note
        )
    return drawn


def show(title: str) -> None:
    """Print the table, and what was found."""
    console = Console(file=sys.stdout)
    console.print(table(title))
    for one in TALLIES:
        for line in one.findings[:_SHOWN]:
            console.print(f"{one.fault}: {line}", markup=False)
        if len(one.findings) > _SHOWN:
            console.print(f"{one.fault}: … and {len(one.findings) - _SHOWN} more", markup=False)


class Progress:
    """Tells every few seconds how far a scenario is, past pytest's capturing."""

    def __init__(self, config: pytest.Config, fault: str) -> None:
        self._capture: Any = config.pluginmanager.get_plugin("capturemanager")
        self._fault = fault
        self._began = time.monotonic()
        self._last = self._began

    def __call__(self, done: int, total: int, what: str = "") -> None:
        """Tell, unless it was told just now."""
        now = time.monotonic()
        if now - self._last < _EVERY_S:
            return
        self._last = now
        with self._capture.global_and_fixture_disabled():
            print(  # noqa: T201 -- progress
                f"\n  {self._fault}: {done:,} of {total:,}{what}, {now - self._began:.0f} s",
                end="",
                flush=True,
            )
