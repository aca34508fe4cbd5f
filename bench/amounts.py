"""How much each line does: full, or quick for looking while something is being made faster."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amounts:
    """Rounds that count, one more being thrown away first, and how long a round lasts."""

    rounds: int = 5
    is_quick: bool = False

    def scaled(self, full: int) -> int:
        """Return an amount, a third of it when quick."""
        return max(1, full // 3) if self.is_quick else full

    @property
    def seconds(self) -> float:
        """How long a round of requests lasts."""
        return 1.0 if self.is_quick else 2.5
