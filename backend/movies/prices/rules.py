"""What a seat costs: the most specific rule of a price card, its fee, and the tax inside.

Amounts are minor units of the cinema's currency; prices contain the tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.contracts.catalogue import PriceRule


@dataclass(frozen=True, slots=True)
class Showing:
    """What of a screening a price may depend on: local weekday (Monday 0), minute and format."""

    weekday: int
    minute: int
    format: str


@dataclass(frozen=True, slots=True)
class Price:
    """A priced seat: gross = price + fee, of which `tax_minor` is tax."""

    price_minor: int
    fee_minor: int
    gross_minor: int
    tax_rate_bp: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class PriceCard:
    """One version of a price card."""

    version_id: int
    rules: tuple[PriceRule, ...]
    fee_minor: int
    tax_rate_bp: int

    def price(self, ticket_type: str, seat_kind: str, showing: Showing) -> Price | None:
        """Price a seat; None when the card does not sell this ticket type for it."""
        price_minor = _most_specific(self.rules, ticket_type, seat_kind, showing)
        if price_minor is None:
            return None
        # A ticket that costs nothing carries no fee, so that a carer pays nothing at all.
        fee_minor = self.fee_minor if price_minor else 0
        gross_minor = price_minor + fee_minor
        return Price(
            price_minor=price_minor,
            fee_minor=fee_minor,
            gross_minor=gross_minor,
            tax_rate_bp=self.tax_rate_bp,
            tax_minor=tax_within(gross_minor, self.tax_rate_bp),
        )


def tax_within(gross_minor: int, rate_bp: int) -> int:
    """Return the tax inside a gross amount, rounded half up. `rate_bp` is in hundredths of a %."""
    whole = 10_000 + rate_bp
    return (2 * gross_minor * rate_bp + whole) // (2 * whole)


def _most_specific(
    rules: Sequence[PriceRule], ticket_type: str, seat_kind: str, showing: Showing
) -> int | None:
    """Return the price of the matching rule with the most conditions; the later one on a tie."""
    best: tuple[int, int] | None = None
    for rule in rules:
        weight = _weight(rule, ticket_type, seat_kind, showing)
        if weight is not None and (best is None or weight >= best[0]):
            best = (weight, rule.price_minor)
    return None if best is None else best[1]


def _weight(rule: PriceRule, ticket_type: str, seat_kind: str, showing: Showing) -> int | None:
    """Count the conditions that a rule states; None when one of them does not hold."""
    if rule.ticket_type != ticket_type:
        return None
    conditions = (
        (rule.seat_kind is not None, rule.seat_kind == seat_kind),
        (rule.weekdays is not None, showing.weekday in (rule.weekdays or ())),
        (rule.from_minute is not None, _is_within(rule, showing.minute)),
        (rule.to_minute is not None, _is_within(rule, showing.minute)),
        (rule.format is not None, rule.format == showing.format),
    )
    if any(is_stated and not holds for is_stated, holds in conditions):
        return None
    return sum(is_stated for is_stated, _ in conditions)


def _is_within(rule: PriceRule, minute: int) -> bool:
    """Say whether a minute of the day is in a rule's span, which may go past midnight."""
    begin = 0 if rule.from_minute is None else rule.from_minute
    end = 1440 if rule.to_minute is None else rule.to_minute
    if begin < end:
        return begin <= minute < end
    return minute >= begin or minute < end
