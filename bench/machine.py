"""The machine and the day of a measurement: without them a number says nothing."""

import os
import platform
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.stage.cinema import Stage

_ROOT = Path(__file__).resolve().parents[1]
_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


@dataclass
class Others:
    """How much of the machine processes that are not ours used, in percent; known at the end."""

    percent: float = 0.0


@contextmanager
def others_at_work() -> Iterator[Others]:
    """Yield how busy the machine was with other things, which make a measurement worse."""
    others = Others()
    began, busy, own = time.monotonic(), _busy(), _own()
    yield others
    spent = _busy() - busy - (_own() - own)
    whole = (time.monotonic() - began) * (os.cpu_count() or 1)
    others.percent = max(0.0, 100 * spent / whole)


def _busy() -> float:
    times = psutil.cpu_times()
    at_rest: float = times.idle + getattr(times, "iowait", 0.0)
    return float(sum(times)) - at_rest - _counted_twice(times)


def _counted_twice(times: Any) -> float:
    """Return what Linux counts as a guest's time and as a user's."""
    return float(getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0))


def _own() -> float:
    """Return CPU seconds of this process and of all below it, those that have ended included."""
    this = psutil.Process()
    return sum(map(_with_reaped, [this, *this.children(recursive=True)]))


def _with_reaped(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    used: float = times.user + times.system + times.children_user + times.children_system
    return used


def described(stage: Stage) -> dict[str, str]:
    """Return what a reader has to know about a run."""
    return {
        "made": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **_database(stage),
    }


def _database(stage: Stage) -> dict[str, str]:
    with stage.admin("postgres") as connection:
        found = {}
        for name in _SETTINGS:
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            found[name] = str((row or ("?",))[0])
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown"


def _commit() -> str:
    """Return the short commit, marked when the tree has changes beside it."""
    try:
        commit = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!docs", ":!bench")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit} with changes" if changed else commit


def _git(*words: str) -> str:
    ran = subprocess.run(  # noqa: S603 -- git and fixed words
        ["git", *words],  # noqa: S607 -- whichever git the developer has
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()
