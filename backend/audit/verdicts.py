"""What the checker says: a verdict for each invariant, with the rows that break it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that breaks an invariant: what is wrong with it, and what to do."""

    what: str
    row: Mapping[str, object]
    advice: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an invariant.

    `skipped` says why it was not judged. `too_young` counts rows that changed so lately that
    another database may not have heard yet; `unlisted` counts findings beyond those listed;
    `without` names sources that it would have compared as well.
    """

    invariant: str
    title: str
    rows_checked: int
    findings: tuple[Finding, ...]
    skipped: str | None = None
    too_young: int = 0
    unlisted: int = 0
    without: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Say whether it was judged and holds."""
        return self.skipped is None and not self.findings
