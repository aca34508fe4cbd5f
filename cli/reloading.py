"""`RELOAD=1`: opens the cinema in a child and starts it anew whenever a source file changes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

_ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = ("backend", "brand", "cli", "locale", "ticketcode", "web")
_ENDINGS = frozenset({".py", ".sql", ".po", ".html", ".txt", ".css", ".js", ".json", ".csv"})
_EVERY_S = 0.5


def reload_on_change(console: Console, mark: str) -> int:
    """Run the cinema in a child until Ctrl-C; return its exit code when it ends by itself."""
    seen = _stamps()
    child = _start(mark)
    try:
        while child.poll() is None:
            time.sleep(_EVERY_S)
            now = _stamps()
            if now != seen:
                changed = sorted(path.name for path, at in now.items() if seen.get(path) != at)
                console.print(f"[dim]Changed: {', '.join(changed[:5]) or 'a file is gone'}[/]")
                seen = now
                _end(child)
                child = _start(mark)
    except KeyboardInterrupt:
        # The terminal sent Ctrl-C to the child as well; wait for it to drain.
        child.wait()
    return child.returncode or 0


def _start(mark: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cli.main", "run"]
    return subprocess.Popen(  # noqa: S603 -- this very program
        command, env={**os.environ, mark: "1", "RESET": ""}, cwd=_ROOT
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    child.wait()


def _stamps() -> dict[Path, int]:
    found = {}
    for folder in _FOLDERS:
        for path in (_ROOT / folder).rglob("*"):
            if path.suffix in _ENDINGS and "built" not in path.parts:
                try:
                    found[path] = path.stat().st_mtime_ns
                except OSError:
                    continue
    return found
