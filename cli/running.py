"""`moviemesh run`: opens the cinema and prints where it is, who may sign in, and what to try."""

import os
import sys
import webbrowser
from collections.abc import Mapping

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from backend.contracts.problems import Problem
from backend.kit.migrations.runner import MigrationFailed
from backend.onebox import launcher, ports, state
from backend.onebox.folders import folders
from backend.onebox.launcher import Opened, Opening
from backend.onebox.people import PEOPLE
from backend.onebox.ports import PortsTaken
from backend.onebox.postgres.problems import PostgresProblem
from backend.onebox.servers import ServerFailed
from backend.onebox.state import InUse
from cli.reloading import reload_on_change
from cli.terminal import WRONG, say_problem

# Set for the process that a reloading parent starts, so that it does not begin to watch too.
CHILD = "MM_RELOADED"


def run_cinema(console: Console, environment: Mapping[str, str]) -> int:
    """Open the cinema until it is told to stop; return the exit code."""
    wants_reload = environment.get("RELOAD", "") not in {"", "0"}
    if wants_reload and CHILD not in environment:
        return reload_on_change(console, CHILD)
    here = folders()
    try:
        offset = ports.parse_offset(environment.get("PORTS", ""))
        if environment.get("RESET", "") not in {"", "0"}:
            console.print("Starting anew: what was sold before is forgotten.")
            state.forget(here)
        announcer = Announcer(console, opens_browser=_has_display(environment))
        launcher.run(here, Opening(offset=offset, reload=wants_reload), announcer)
    except (
        InUse,
        PortsTaken,
        PostgresProblem,
        MigrationFailed,
        ServerFailed,
        Problem,
    ) as problem:
        say_problem(console, problem)
        if isinstance(problem, ServerFailed | Problem):
            console.print(f"The log: {here.log}", soft_wrap=True)
        return WRONG
    console.print("The cinema is closed. Everything is kept for the next start.")
    return 0


class Announcer:
    """Prints the launcher's reports; in a terminal one line moves while the demo is filled."""

    def __init__(self, console: Console, *, opens_browser: bool) -> None:
        self._console = console
        self._opens_browser = opens_browser
        self._line = console.status("")

    def step(self, what: str) -> None:
        """Print what begins."""
        self._line.stop()
        self._console.print(f"[dim]{what} …[/]")

    def opened(self, cinema: Opened) -> None:
        """Print the addresses, the people and what to try; open the browser where there is one."""
        self._line.stop()
        self._console.print(_welcome(cinema))
        if self._opens_browser:
            webbrowser.open(cinema.addresses["web"])

    def progress(self, what: str, done: int, total: int) -> None:
        """Move the line; where nothing can move, print only that a part is done."""
        if done < total and self._console.is_terminal:
            self._line.update(f"[dim]{what}: {done} of {total}[/]")
            self._line.start()
        elif done >= total:
            self._line.stop()
            self._console.print(f"[dim]{what}: done[/]")

    def closing(self) -> None:
        """Print that the cinema closes."""
        self._line.stop()
        self._console.print("\nClosing: what is under way is finished first …")


def _welcome(cinema: Opened) -> Panel:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column()
    where = cinema.addresses
    rows = (
        ("The site", where["web"], "choose a film, two seats, and pay with a test card"),
        ("Mailbox", where["mailbox"], "every mail the cinema sends, with the tickets"),
        ("Card provider", f"{where['simulator']}/", "a simulator: no money moves"),
        ("The door", f"{where['web']}/en/door", "sign in as door@mesh.example, scan a ticket"),
        ("Services", f"{where['movies']}/docs", "also /docs on the ports of auth, ticket, payment"),
    )
    for name, address, what in rows:
        grid.add_row(f"[bold]{name}[/]", f"[link={address}]{address}[/link]", f"[dim]{what}[/]")
    grid.add_row()
    for person in PEOPLE:
        password = cinema.passwords.get(person.email, "")
        grid.add_row(person.email, f"[bold]{password}[/]", f"[dim]{person.may}[/]")
    grid.add_row()
    grid.add_row("Try too", "moviemesh demo", "[dim]buys two tickets here in the terminal[/]")
    grid.add_row("", "moviemesh demo --crowd", "[dim]watch a seat map while visitors come[/]")
    grid.add_row("State", str(cinema.folders.root), "[dim]kept; `make run RESET=1` starts anew[/]")
    return Panel(grid, title="The cinema is open", subtitle="Ctrl-C closes it", expand=False)


def _has_display(environment: Mapping[str, str]) -> bool:
    if environment.get("BROWSER") == "0" or environment.get(CHILD):
        return False
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
