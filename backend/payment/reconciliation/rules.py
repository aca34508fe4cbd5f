"""Which rows of the ledger a movement at the provider stands for, and where the two differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# By the provider's category: the kind of the row, and what its key ends with. Payouts and the
# like are between the provider and the bank: they are no order's money.
_ROWS: Mapping[str, tuple[str, str]] = {
    "charge": ("capture", ""),
    "refund": ("refund", ""),
    "refund_failure": ("refund", ":failed"),
    "dispute": ("dispute", ""),
    "dispute_reversal": ("dispute", ":returned"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """What the provider moved and what the ledger has, of one row; None: nothing."""

    moved_minor: int | None
    booked_minor: int | None


def rows_of(
    movements: Iterable[Mapping[str, Any]], references: Mapping[str, str]
) -> dict[str, int]:
    """Return amounts by natural key; `references` are the attempts of the charges.

    A charge of no attempt keeps its own name, under which nothing can be booked.
    """
    rows: dict[str, int] = {}
    for one in movements:
        if one["reporting_category"] not in _ROWS:
            continue
        kind, end = _ROWS[one["reporting_category"]]
        of = references.get(one["source"], one["source"]) + end
        rows[f"{kind}:{of}"] = one["amount"] if kind == "capture" else -one["amount"]
        if one["fee"]:
            rows[f"fee:{of}"] = one["fee"]
    return rows


def source_of(key: str) -> str:
    """Return what a row is about: an attempt's reference, or the provider's refund or dispute."""
    return key.split(":")[1]


def differing(moved: Mapping[str, int], booked: Mapping[str, int]) -> dict[str, Pair]:
    """Return the rows in which the two differ; a fee of nothing may be booked or not."""
    return {
        key: Pair(moved.get(key), booked.get(key))
        for key in sorted({*moved, *booked})
        if moved.get(key, 0) != booked.get(key, 0)
    }
