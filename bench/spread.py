"""Medians and spread over rounds; a single number is never reported alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of the rounds, and the rounds themselves."""

    rounds: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.rounds:
            raise ValueError("a spread needs a round")

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.rounds)

    @property
    def low(self) -> float:
        """The smallest round."""
        return min(self.rounds)

    @property
    def high(self) -> float:
        """The largest round."""
        return max(self.rounds)


def ratios(ours: Sequence[float], limit: Sequence[float]) -> Spread:
    """Divide round by round: what disturbs the machine for a while disturbs both of a round."""
    return Spread(tuple(mine / theirs for mine, theirs in zip(ours, limit, strict=True)))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all do not exceed."""
    if not values:
        raise ValueError("a percentile needs a value")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
