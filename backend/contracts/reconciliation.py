"""Differences between two records of the same thing, for a person to look at."""

from datetime import datetime
from typing import Any

from backend.contracts.schema import Read


class DifferenceRead(Read):
    """An open difference: of which kind, about what, since when, and when it was last seen."""

    kind: str
    subject: str
    facts: dict[str, Any]
    found_at: datetime
    seen_at: datetime


class DifferenceList(Read):
    """The open differences, the oldest first."""

    differences: list[DifferenceRead]
