"""What a line came to, and the file that keeps it between runs."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from bench.spread import Spread

Better = Literal["more", "less"]
Verdict = Literal["aim", "met", "missed", "told"]
RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number by rounds, and what it has to reach. `told` figures only inform."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    better: Better = "more"
    at_least: float | None = None
    aim: float | None = None

    @property
    def spread(self) -> Spread:
        """The rounds' middle and ends."""
        return Spread(self.rounds)

    @property
    def verdict(self) -> Verdict:
        """Whether the median reaches the aim, at least what closes the issue, or neither."""
        if self.at_least is None:
            return "told"
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        return "met" if self._reaches(self.at_least) else "missed"

    def _reaches(self, mark: float) -> bool:
        median = self.spread.median
        return median >= mark if self.better == "more" else median <= mark


@dataclass(frozen=True, slots=True)
class Share:
    """CPU milliseconds for one operation: the onebox, PostgreSQL, and who sent the load."""

    what: str
    server_ms: float
    database_ms: float
    client_ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line's result: figures, CPU split, and what was checked in the run."""

    line: str
    figures: tuple[Figure, ...]
    shares: tuple[Share, ...] = ()
    checks: tuple[str, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self:
        """Read an outcome back."""
        figures = (Figure(**{**one, "rounds": tuple(one["rounds"])}) for one in raw["figures"])
        return cls(
            line=raw["line"],
            figures=tuple(figures),
            shares=tuple(Share(**one) for one in raw["shares"]),
            checks=tuple(raw["checks"]),
            parts=raw["parts"],
            about=raw["about"],
        )


def read(path: Path = RESULTS) -> dict[str, Outcome]:
    """Return the kept outcomes by line; none when there is no file."""
    if not path.exists():
        return {}
    return {line: Outcome.read(raw) for line, raw in json.loads(path.read_text("utf-8")).items()}


def keep(outcomes: Mapping[str, Outcome], path: Path = RESULTS) -> None:
    """Replace the kept outcomes of these lines; the others stay, each with its own date."""
    every = {**read(path), **outcomes}
    raw = {line: _rounded(asdict(every[line])) for line in sorted(every)}
    path.write_text(json.dumps(raw, indent=1) + "\n", "utf-8")


def _rounded(raw: Any) -> Any:
    """Keep five digits: more would be noise."""
    if isinstance(raw, float):
        return float(f"{raw:.5g}")
    if isinstance(raw, Mapping):
        return {name: _rounded(value) for name, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_rounded(value) for value in raw]
    return raw
