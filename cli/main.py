"""The `moviemesh` command: opens the cinema, looks after it, and tries it out."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import terminal

app = typer.Typer(
    name="moviemesh",
    help="A whole cinema: tickets sold on the web, and checked at the door.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: the coloured one loads a Markdown parser, for each command and not only for help.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_console = Console()


@app.command()
def run() -> None:
    """Open the cinema on this machine, until Ctrl-C.

    PORTS=+100 moves all ports, RESET=1 starts anew, RELOAD=1 reloads what is edited,
    BROWSER=0 opens no browser, MM_DATA=/a/folder keeps its state elsewhere.
    """
    from cli.running import run_cinema  # noqa: PLC0415 -- loads every service

    raise typer.Exit(run_cinema(_console, os.environ))


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Forget everything that was sold; the next start begins anew."""
    from cli.resetting import reset_cinema  # noqa: PLC0415 -- loads PostgreSQL's launcher

    raise typer.Exit(reset_cinema(_console, is_sure=yes))


@app.command()
def doctor() -> None:
    """Say what is missing or wrong, how to mend it, and where the cinema keeps its state."""
    from cli.doctor import examine  # noqa: PLC0415 -- loads PostgreSQL's launcher

    raise typer.Exit(examine(_console))


@app.command()
def demo(
    *,
    crowd: Annotated[
        bool, typer.Option("--crowd", help="Send visitors for a minute instead.")
    ] = False,
    url: Annotated[str, typer.Option(help="The site; else the one running here.")] = "",
) -> None:
    """Buy two tickets on the running cinema as a visitor would; the PDF stays in this folder."""
    from cli.demo import buy, send_crowd  # noqa: PLC0415 -- loads the HTTP client

    act = send_crowd if crowd else buy
    raise typer.Exit(act(_console, url, Path.cwd()))


@app.command("check-ticket")
def check_ticket(
    source: Annotated[str, typer.Argument(help="A PDF or picture of a ticket, or its 244 digits.")],
    *,
    keys: Annotated[
        Path | None,
        typer.Option(help="The public keys (a saved /keys); else those kept by the cinema here."),
    ] = None,
) -> None:
    """Check a ticket without asking anybody: by the public keys alone."""
    from cli.checking import check_ticket as check  # noqa: PLC0415 -- loads the decoder

    raise typer.Exit(check(_console, source, keys))


@app.command()
def audit(
    *,
    only: Annotated[str, typer.Option(help="Some of them, such as I1,I8.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Check that the databases keep every promise: no seat sold twice, no money lost."""
    from cli.auditing import audit as check  # noqa: PLC0415 -- loads the checker

    raise typer.Exit(check(_console, only, is_json=json))


@app.command()
def letters(
    *,
    replay: Annotated[str, typer.Option(help="Send this message again, by its id.")] = "",
) -> None:
    """List the messages that nobody could take, or send one of them again."""
    from cli.letters import letters as show  # noqa: PLC0415 -- loads the databases' driver

    raise typer.Exit(show(_console, replay))


@app.command()
def version() -> None:
    """Say which version this is."""
    terminal.say_version(_console)


if __name__ == "__main__":
    app()
