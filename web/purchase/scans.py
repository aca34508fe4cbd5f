"""What the door page shows of scans: how an outcome looks, and the last ones of the session.

The session's scans travel in the page's own form, so that the site keeps nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from backend.contracts.tickets import AdmissionRead

Look = Literal["good", "wait", "bad"]
_LOOKS: dict[str, Look] = {
    "VALID": "good",
    "DUPLICATE": "bad",
    "WRONG_SCREENING": "wait",
    "TOO_EARLY": "wait",
    "ENDED": "bad",
    "REVOKED": "bad",
    "FORGED": "bad",
    "NOT_ISSUED": "bad",
    "UNKNOWN_KEY": "bad",
    "STALE": "wait",
    "MALFORMED": "wait",
}
OUTCOMES = tuple(_LOOKS)
MOST = 20
_WRITTEN = re.compile(r"^(\d\d:\d\d)\|([A-Z_]+)\|([^|\x00-\x1f]{0,12})\|([^|\x00-\x1f]{0,60})$")


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of the session, as its list shows it."""

    time: str
    outcome: str
    seat: str
    ticket_type: str

    @property
    def look(self) -> Look:
        """How it looks."""
        return look_of(self.outcome)

    @property
    def written(self) -> str:
        """The scan as the form carries it."""
        return f"{self.time}|{self.outcome}|{self.seat}|{self.ticket_type}"


def look_of(outcome: str) -> Look:
    """Return how an outcome looks; one that we do not know never opens the door."""
    return _LOOKS.get(outcome, "bad")


def scan_of(answer: AdmissionRead, *, at: datetime, zone: str) -> Scan:
    """Return what to remember of an answer."""
    return Scan(
        time=at.astimezone(ZoneInfo(zone)).strftime("%H:%M"),
        outcome=answer.outcome,
        seat=_cut(f"{answer.row or ''}{answer.label or ''}", 12),
        ticket_type=_cut(answer.ticket_type_name or "", 60),
    )


def scans_of(written: Sequence[str]) -> list[Scan]:
    """Read the scans back, newest first; what is none of ours is left out."""
    found = (_WRITTEN.match(text) for text in written[: MOST - 1])
    return [
        Scan(*match.groups()) for match in found if match is not None and match.group(2) in _LOOKS
    ]


def code_in(typed: str) -> str:
    """Return the code in what a scanner typed or somebody pasted, without the white space."""
    return re.sub(r"\s+", "", typed)


def _cut(text: str, most: int) -> str:
    return text.replace("|", "/")[:most]
