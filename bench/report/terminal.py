"""The table at the terminal."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.report.numbers import ends, mark, median
from bench.report.titles import TITLES
from bench.results import Figure, Outcome, Verdict

_COLOURS: dict[Verdict, str] = {
    "aim": "bold green",
    "met": "green",
    "missed": "bold red",
    "told": "dim",
}


def show(console: Console, outcomes: Iterable[Outcome]) -> None:
    """Print figures and CPU of every line."""
    table = Table("", "work", "figure", "median", "lowest to highest", "at least", "aim", "verdict")
    split = Table("", "CPU of one", "onebox ms", "PostgreSQL ms", "client ms")
    for outcome in outcomes:
        for number, figure in enumerate(outcome.figures):
            head = () if number else (outcome.line, TITLES[outcome.line].work)
            table.add_row(*(head or ("", "")), *_cells(figure), style=_style(figure))
        for share in outcome.shares:
            times = (share.server_ms, share.database_ms, share.client_ms)
            split.add_row(outcome.line, share.what, *(f"{ms:.3f}" for ms in times))
    console.print(table)
    console.print(split)
    for outcome in outcomes:
        for check in outcome.checks:
            console.print(f"{outcome.line}: {check}", markup=False)
        for part, ms in outcome.parts.items():
            console.print(f"{outcome.line}: {part}: {ms:.2f} ms", markup=False)


def show_profile(console: Console, profile: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Print the functions of a profile, in percent of the onebox's CPU."""
    for what, functions in profile.items():
        table = Table("%", "function", title=f"Where the onebox was: {what}")
        for name, share in functions:
            table.add_row(str(share), str(name))
        console.print(table)


def _cells(figure: Figure) -> tuple[str, ...]:
    verdict = "" if figure.verdict == "told" else figure.verdict
    goals = (mark(figure.at_least, figure), mark(figure.aim, figure))
    return (figure.name, median(figure), ends(figure), *goals, verdict)


def _style(figure: Figure) -> str:
    return _COLOURS[figure.verdict]
