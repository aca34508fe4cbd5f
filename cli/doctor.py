"""`moviemesh doctor`: what is missing or wrong on this machine, and how to mend it."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from rich.console import Console
from rich.table import Table

from backend.onebox import ports, state
from backend.onebox.folders import Folders, folders
from backend.onebox.postgres import binaries
from backend.onebox.postgres.problems import PostgresProblem
from brand.fonts import build
from cli.terminal import WRONG

_NEEDED = ("fastapi", "psycopg", "stripe", "reportlab", "zxingcpp", "jinja2", "aiosmtpd")
_ROOM_MB = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do when it is not well."""

    what: str
    how: str
    is_well: bool = True
    mend: str = ""


def examine(console: Console) -> int:
    """Print every finding; return 0 when all is well."""
    here = folders()
    looks: tuple[Callable[[Folders], Finding], ...] = (
        _python,
        _packages,
        _fonts,
        _postgres,
        _state,
        _room,
        _ports,
        _open,
    )
    findings = [look(here) for look in looks]
    table = Table("", "", box=None, show_header=False, pad_edge=False)
    table.add_column("", overflow="fold")
    for one in findings:
        table.add_row("[green]✓[/]" if one.is_well else "[red]✗[/]", one.what, one.how)
        if one.mend:
            table.add_row("", "", f"[bold]{one.mend}[/]")
    console.print(table)
    return 0 if all(one.is_well for one in findings) else WRONG


def _python(_here: Folders) -> Finding:
    how = f"{sys.version.split()[0]} in {sys.prefix}"
    is_well = sys.version_info >= (3, 11)
    mend = "" if is_well else "Install Python 3.11 or newer."
    return Finding("Python", how, is_well=is_well, mend=mend)


def _packages(_here: Folders) -> Finding:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        how = f"missing: {', '.join(missing)}"
        return Finding("Packages", how, is_well=False, mend="Run `make install`.")
    return Finding("Packages", "all there")


def _fonts(_here: Folders) -> Finding:
    try:
        built = build()
    except (OSError, ModuleNotFoundError) as error:
        return Finding("Fonts", str(error), is_well=False, mend="Run `make install`.")
    return Finding("Fonts", str(next(iter(built.values())).parent))


def _postgres(here: Folders) -> Finding:
    mark = here.postgres / "data" / "PG_VERSION"
    try:
        made_by = int(mark.read_text()) if (here.postgres / "complete").exists() else None
    except (OSError, ValueError):
        made_by = None
    try:
        found = binaries.find(made_by=made_by)
    except PostgresProblem as problem:
        return Finding("PostgreSQL", "none that fits", is_well=False, mend=str(problem))
    return Finding("PostgreSQL", f"{found.major} in {found.folder}")


def _state(here: Folders) -> Finding:
    nearest = next(one for one in (here.root, *here.root.parents) if one.exists())
    if not os.access(nearest, os.W_OK):
        mend = f"Let this user write to {nearest}, or name another folder with MM_DATA."
        return Finding("State", f"{here.root}, not writable", is_well=False, mend=mend)
    age = "kept from earlier starts" if here.secrets.exists() else "new"
    return Finding("State", f"{here.root} ({age})")


def _room(here: Folders) -> Finding:
    nearest = next(one for one in (here.root, *here.root.parents) if one.exists())
    free = shutil.disk_usage(nearest).free // 1_000_000
    is_well = free > _ROOM_MB
    mend = "" if is_well else f"Free {_ROOM_MB} MB there, or name another folder with MM_DATA."
    return Finding("Room on disk", f"{free:,} MB free", is_well=is_well, mend=mend)


def _ports(here: Folders) -> Finding:
    now = state.running(here)
    if now is not None:
        return Finding("Ports", f"this cinema has its block (+{now.offset})")
    taken = [str(port) for port in ports.BASE.values() if _is_taken(port)]
    if taken:
        how = f"taken by another program: {', '.join(taken)}"
        return Finding("Ports", how, mend="`make run` moves to the next free block by itself.")
    return Finding("Ports", "the usual block is free")


def _open(here: Folders) -> Finding:
    now = state.running(here)
    if now is None:
        return Finding("The cinema", "closed; `make run` opens it")
    port = ports.BASE["web"] + now.offset
    if not _is_taken(port):
        mend = f"End process {now.pid} and start again; the log is {here.log}."
        return Finding("The cinema", f"process {now.pid} does not answer", is_well=False, mend=mend)
    return Finding("The cinema", f"open at http://localhost:{port}")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
