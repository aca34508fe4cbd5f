"""The state folder in use: locked by one process, which notes where it can be found."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.onebox.folders import Folders
from backend.onebox.postgres import cluster


class InUse(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """Another moviemesh uses this state; the message says where it is."""


@dataclass(frozen=True, slots=True)
class Running:
    """The process that uses a state, and by how much its ports are moved."""

    pid: int
    offset: int


@contextmanager
def locked(folders: Folders) -> Iterator[None]:
    """Be the only user of a state; the lock ends with the process, also by kill -9."""
    folders.root.mkdir(parents=True, exist_ok=True)
    with folders.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(_where(folders)) from None
        yield


def note_running(folders: Folders, offset: int) -> None:
    """Write down where this process can be found; also the block to use next time."""
    note = {"pid": os.getpid(), "offset": offset}
    _note(folders).write_text(json.dumps(note), "utf-8")


def last_offset(folders: Folders) -> int | None:
    """Return the block used last."""
    found = _read(folders)
    return None if found is None else found.offset


def running(folders: Folders) -> Running | None:
    """Return who uses the state now."""
    if not folders.lock.exists():
        return None
    with folders.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(folders)
    return None


def forget(folders: Folders) -> None:
    """Remove a state, and the PostgreSQL that a kill -9 left behind. Raises InUse."""
    if not folders.root.exists():
        return
    with locked(folders):
        cluster.stop_left_behind(folders.postgres)
        for path in folders.root.iterdir():
            if path == folders.lock:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _note(folders: Folders) -> Path:
    return folders.root / "running.json"


def _read(folders: Folders) -> Running | None:
    try:
        return Running(**json.loads(_note(folders).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _where(folders: Folders) -> str:
    found = _read(folders)
    there = "" if found is None else f" (process {found.pid}, web on port {8081 + found.offset})"
    return (
        f"A moviemesh already runs on this state{there}."
        " Use that one, stop it with Ctrl-C, or give this one its own place with MM_DATA=/a/folder."
    )
