"""The machine and the day of a measurement: without them a number says nothing."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.stage.cinema import Stage

_ROOT = Path(__file__).resolve().parents[1]
_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


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
