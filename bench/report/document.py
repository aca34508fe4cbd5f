"""Writes docs/performance.md and its charts from the kept results and the notes of the lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import results
from bench.report import chart
from bench.report.numbers import ends, mark, median, number
from bench.report.titles import TITLES
from bench.results import Figure, Outcome

_ROOT = Path(__file__).resolve().parents[2]
PAGE = _ROOT / "docs" / "performance.md"
PICTURES = _ROOT / "docs" / "pictures"
NOTES = _ROOT / "bench" / "notes"
_METHOD = NOTES / "method.md"
_WORDS = {"aim": "aim", "met": "met", "missed": "**missed**", "told": ""}
_QUIET_PERCENT = 10
_DISTURBED = (
    "**Measured on a busy machine: {}.** Other programs used more than {} % of the processors"
    " meanwhile, so times, rates and CPU are worse than they are, and percentiles most of all."
    " These lines have to be measured again where nothing else runs."
)
_FACTS = {
    "processor": "processor",
    "kernel": "kernel",
    "python": "Python",
    "server_version": "PostgreSQL",
    "fsync": "fsync",
    "synchronous_commit": "synchronous_commit",
    "full_page_writes": "full_page_writes",
    "shared_buffers": "shared_buffers",
}


def write() -> None:
    """Write the page and its charts anew."""
    kept = results.read()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, drawing in charts(kept).items():
        (PICTURES / name).write_text(drawing, "utf-8")
    PAGE.write_text(page(kept, notes()), "utf-8")


def charts(kept: Mapping[str, Outcome]) -> dict[str, str]:
    """Return the charts by file name."""
    outcomes = [kept[line] for line in sorted(kept)]
    return {
        "performance-reached.svg": chart.reached(outcomes),
        "performance-cpu.svg": chart.spent(outcomes),
    }


def notes(folder: Path = NOTES) -> dict[str, str]:
    """Return what was written by hand: where the time goes, by line, and the method."""
    return {path.stem: path.read_text("utf-8").strip() for path in sorted(folder.glob("*.md"))}


def page(kept: Mapping[str, Outcome], written: Mapping[str, str]) -> str:
    """Return the page."""
    outcomes = [kept[line] for line in sorted(kept)]
    parts = (
        "# Performance",
        "<!-- Written by make bench. What people write is in bench/notes. -->",
        written.get("method", ""),
        "## All lines",
        *_disturbed(outcomes),
        _summary(outcomes),
        "![How far each line is from what was asked for](pictures/performance-reached.svg)",
        "## CPU of one operation",
        _shares(outcomes),
        "![CPU of one operation by process](pictures/performance-cpu.svg)",
        *(_line(outcome, written.get(outcome.line)) for outcome in outcomes),
        "## When and where it was measured",
        _machines(outcomes),
    )
    return "\n\n".join(parts) + "\n"


def _disturbed(outcomes: Sequence[Outcome]) -> list[str]:
    """Return a warning where other programs kept the machine busy during a measurement."""
    lines = [one.line for one in outcomes if _others(one) > _QUIET_PERCENT]
    if not lines:
        return []
    return [_DISTURBED.format(", ".join(lines), _QUIET_PERCENT)]


def _others(outcome: Outcome) -> float:
    return float(outcome.about.get("others", "0 %").removesuffix(" %"))


def _summary(outcomes: Sequence[Outcome]) -> str:
    rows = [
        (
            f"[{outcome.line}](#{_anchor(outcome)})",
            TITLES[outcome.line].work,
            figure.name,
            median(figure),
            ends(figure),
            mark(figure.at_least, figure),
            mark(figure.aim, figure),
            _WORDS[figure.verdict],
        )
        for outcome in outcomes
        for figure in outcome.figures
        if figure.verdict != "told"
    ]
    head = ("", "Work", "Figure", "Median", "Rounds", "At least", "Aim", "Verdict")
    return _table(head, rows)


def _shares(outcomes: Sequence[Outcome]) -> str:
    rows = [
        (
            outcome.line,
            share.what,
            number(share.server_ms),
            number(share.database_ms),
            number(share.client_ms),
        )
        for outcome in outcomes
        for share in outcome.shares
    ]
    return _table(("", "One", "Onebox ms", "PostgreSQL ms", "Load generator ms"), rows)


def _line(outcome: Outcome, note: str | None) -> str:
    title = TITLES[outcome.line]
    parts = [
        f"## {_heading(outcome)}",
        f"Against: {title.limit}.",
        _table(("Figure", "Median", "Rounds"), [_row(figure) for figure in outcome.figures]),
    ]
    if outcome.checks:
        parts.append("\n".join(f"- {_escaped(check)}" for check in outcome.checks))
    if outcome.parts:
        rows = [(part, number(ms)) for part, ms in outcome.parts.items() if ms >= 0.005]
        parts.append(_table(("Part", "CPU ms"), rows))
    if note is not None:
        parts += ["### Where the time goes: " + outcome.line, note]
    return "\n\n".join(parts)


def _row(figure: Figure) -> tuple[str, ...]:
    return (figure.name, median(figure), ends(figure))


def _heading(outcome: Outcome) -> str:
    return f"{outcome.line}: {TITLES[outcome.line].work}"


def _anchor(outcome: Outcome) -> str:
    kept = "".join(c for c in _heading(outcome).lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _machines(outcomes: Sequence[Outcome]) -> str:
    names = ("made", "commit", "cores", "others", "rounds")
    rows = [(one.line, *(one.about.get(name, "") for name in names)) for one in outcomes]
    table = _table(("Line", "Made", "Commit", "Cores", "CPU that others used", "Rounds"), rows)
    facts = {
        "; ".join(f"{words} {one.about.get(name, '?')}" for name, words in _FACTS.items())
        for one in outcomes
    }
    return table + "\n\n" + "\n".join(f"- {fact}" for fact in sorted(facts))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_escaped, cells))} |" for cells in lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
