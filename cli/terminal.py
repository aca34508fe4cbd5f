"""What every command prints the same way: its version, good news, and what to do about bad news."""

import platform
from importlib.metadata import version

from rich.console import Console
from rich.markup import escape
from rich.text import Text

MISSING, WRONG = 1, 2


def say_version(console: Console) -> None:
    """Print the version of MovieMesh and of the Python that runs it."""
    console.print(f"MovieMesh {version('moviemesh')} · Python {platform.python_version()}")


def say_problem(console: Console, problem: object) -> None:
    """Print a sentence that says what is wrong and what to do."""
    console.print(Text.from_markup("[bold red]✗[/] "), escape(str(problem)), sep="", soft_wrap=True)


def say_done(console: Console, what: str) -> None:
    """Print that something worked."""
    console.print(Text.from_markup("[bold green]✓[/] "), escape(what), sep="", soft_wrap=True)
