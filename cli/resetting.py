"""`moviemesh reset`: forgets a cinema's state."""

import typer
from rich.console import Console

from backend.onebox import state
from backend.onebox.folders import folders
from backend.onebox.state import InUse
from cli.terminal import MISSING, WRONG, say_done, say_problem


def reset_cinema(console: Console, *, is_sure: bool) -> int:
    """Remove the state of this checkout's cinema; return the exit code."""
    here = folders()
    if not here.root.exists():
        say_done(console, f"There is nothing to forget in {here.root}.")
        return 0
    if not is_sure and not typer.confirm(f"Forget every sale, ticket and account in {here.root}?"):
        return MISSING
    try:
        state.forget(here)
    except InUse as problem:
        say_problem(console, problem)
        return WRONG
    say_done(console, "Forgotten. The next start begins anew.")
    return 0
