"""`moviemesh audit`: runs the invariant checker and says what it found, and what to do."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import psycopg
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table
from rich.text import Text

from backend.audit.checker import (
    INVARIANTS,
    NOT_YET,
    Finding,
    Invariant,
    Sources,
    UnknownInvariant,
    Verdict,
    check,
)
from backend.audit.settings import AuditSettings
from backend.onebox.folders import folders
from backend.onebox.postgres import cluster
from backend.onebox.postgres.problems import PostgresProblem
from cli.terminal import MISSING, WRONG, say_done, say_problem

_SHOWN = 5
_SERVICES = ("movies", "payment", "ticket", "simulator")


class NothingToRead(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """There is no database to look into."""


def audit(console: Console, only: str, *, is_json: bool) -> int:
    """Judge and print; return 0 without findings, 1 with some, 2 when it could not look."""
    chosen = [name.strip().upper() for name in only.split(",") if name.strip()] or None
    try:
        verdicts = asyncio.run(_judged(console, chosen, is_silent=is_json))
    except (NothingToRead, UnknownInvariant, PostgresProblem) as problem:
        say_problem(console, problem)
        return WRONG
    except (psycopg.Error, OSError) as error:
        say_problem(console, f"A database cannot be read: {str(error).strip()}")
        return WRONG
    if is_json:
        console.print_json(json.dumps(_document(verdicts), default=str), indent=1)
    else:
        _show(console, verdicts, is_whole=chosen is None)
    return MISSING if any(verdict.findings for verdict in verdicts) else 0


async def _judged(console: Console, only: list[str] | None, *, is_silent: bool) -> list[Verdict]:
    if is_silent or not console.is_terminal:
        return await check(sources(), only)
    with console.status("Looking") as status:
        return await check(sources(), only, report=lambda one: _tell(status, one))


def _tell(status: Status, invariant: Invariant) -> None:
    place = [each.name for each in INVARIANTS].index(invariant.name) + 1
    status.update(f"{place} of {len(INVARIANTS)}  {invariant.name}  {escape(invariant.title)}")


def sources() -> Sources:
    """Return the databases that are named, else this checkout's; raises NothingToRead."""
    return AuditSettings().sources() or _here()


def _here() -> Sources:
    """Return the sources of this checkout's cinema; raises NothingToRead when it is closed."""
    here = folders()
    server = cluster.attached(here.postgres)
    if server is None:
        raise NothingToRead(
            "No cinema is open here, and a closed one is not opened for this."
            " Open it with `make run` in another terminal, or name real databases with"
            " MM_AUDIT_MOVIES_DSN and the like."
        )
    dsns = {name: server.dsn(name) for name in _SERVICES}
    return Sources(dsns, here.access if here.access.exists() else None)


def _show(console: Console, verdicts: Sequence[Verdict], *, is_whole: bool) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for style in ("", "bold", "", "dim"):
        table.add_column(style=style, overflow="fold")
    for verdict in verdicts:
        table.add_row(_mark(verdict), verdict.invariant, verdict.title, _note(verdict))
    for name, reason in NOT_YET.items() if is_whole else ():
        table.add_row("[yellow]·[/]", name, "", f"not judged: {reason}")
    console.print(table)
    for verdict in verdicts:
        if verdict.findings:
            for line in _explained(verdict):
                # An id that is cut in two cannot be copied: the terminal folds long lines itself.
                console.print(line, soft_wrap=True)
    _sum_up(console, verdicts)


def _mark(verdict: Verdict) -> str:
    if verdict.skipped is not None:
        return "[yellow]·[/]"
    return "[red]✗[/]" if verdict.findings else "[green]✓[/]"


def _note(verdict: Verdict) -> str:
    if verdict.skipped is not None:
        return escape(f"not judged: {verdict.skipped}")
    words = [f"{verdict.rows_checked:,} rows"]
    if verdict.findings:
        words.insert(0, f"[bold red]{_counted(verdict)}[/]")
    if verdict.without:
        words.append(f"without {', '.join(verdict.without)}")
    if verdict.too_young:
        words.append(f"{verdict.too_young:,} too young to judge")
    return ", ".join(words)


def _counted(verdict: Verdict) -> str:
    number = len(verdict.findings) + verdict.unlisted
    return "1 finding" if number == 1 else f"{number:,} findings"


def _explained(verdict: Verdict) -> Iterator[Text]:
    yield Text()
    yield Text.assemble((verdict.invariant, "bold red"), f"  {verdict.title}")
    advice = ""
    for finding in verdict.findings[:_SHOWN]:
        if advice and finding.advice != advice:
            yield _advice(advice)
        advice = finding.advice
        yield Text(f"  {finding.what}")
        yield Text(f"    {_facts(finding)}", "dim")
    yield _advice(advice)
    beyond = len(verdict.findings[_SHOWN:]) + verdict.unlisted
    if beyond:
        yield Text(f"  and {beyond:,} more; --json --only {verdict.invariant} lists them", "dim")


def _advice(advice: str) -> Text:
    return Text(f"  → {advice}", "bold")


def _facts(finding: Finding) -> str:
    return "  ".join(f"{name}={_told(value)}" for name, value in finding.row.items())


def _told(value: object) -> str:
    """Write a value as people read it: times in UTC to the second."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_told(each)}" for name, each in value.items()) + "}"
    return str(value)


def _sum_up(console: Console, verdicts: Sequence[Verdict]) -> None:
    judged = [verdict for verdict in verdicts if verdict.skipped is None]
    broken = [verdict.invariant for verdict in judged if verdict.findings]
    console.print()
    if broken:
        say_problem(console, f"Broken: {', '.join(broken)} ({len(broken)} of {len(judged)}).")
        console.print("What each means and what to do is in docs/audit.md.")
    else:
        one = "The one that was judged holds." if len(judged) == 1 else ""
        say_done(console, one or f"All {len(judged)} that were judged hold.")


def _document(verdicts: Sequence[Verdict]) -> dict[str, object]:
    return {
        "verdicts": [
            {
                "invariant": verdict.invariant,
                "title": verdict.title,
                "holds": verdict.is_ok if verdict.skipped is None else None,
                "skipped": verdict.skipped,
                "rows_checked": verdict.rows_checked,
                "too_young": verdict.too_young,
                "without": verdict.without,
                "unlisted": verdict.unlisted,
                "findings": [
                    {"what": each.what, "advice": each.advice, "row": dict(each.row)}
                    for each in verdict.findings
                ],
            }
            for verdict in verdicts
        ],
        "not_yet": NOT_YET,
    }
