"""What each seat costs for each ticket type, and what a choice comes to.

The service prices an order; these figures are shown before it, from the same price list.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from backend.contracts.catalogue import ScreeningDetail, TicketTypeRead
from backend.contracts.seats import SeatKind

_USUAL = "adult"
_MOST_LISTS = 64


@dataclass(frozen=True, slots=True)
class Quote:
    """A seat's price for a ticket type: gross = price + fee, of which `tax_minor` is tax."""

    price_minor: int
    fee_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """What the buyer pays for it."""
        return self.price_minor + self.fee_minor


@dataclass(frozen=True, slots=True)
class Totals:
    """A choice's sums; the tax is the sum of each line's rounded tax."""

    gross_minor: int
    fee_minor: int
    tax_minor: int


class Quotes:
    """A screening's price list."""

    def __init__(self, detail: ScreeningDetail) -> None:
        self.currency = detail.screening.currency
        self.tax_rate_bp = detail.tax_rate_bp
        self._types: Mapping[str, TicketTypeRead] = {
            kind.code: kind for kind in detail.ticket_types
        }
        self._quotes = {
            (each.code, kind): self._quote(price, each.fees.get(kind, 0))
            for each in detail.ticket_types
            for kind, price in each.prices.items()
        }

    @property
    def types(self) -> Sequence[TicketTypeRead]:
        """Every ticket type that is sold for some seat."""
        return tuple(self._types.values())

    def types_for(self, kind: SeatKind) -> list[TicketTypeRead]:
        """Return the ticket types that are sold for a kind of seat."""
        return [each for each in self.types if kind in each.prices]

    def usual_type(self, kind: SeatKind) -> str:
        """Return the type that a seat has before anybody chooses one."""
        sold = [each.code for each in self.types_for(kind) if each.rule != "carer"]
        return _USUAL if _USUAL in sold or not sold else sold[0]

    def quote(self, ticket_type: str, kind: SeatKind) -> Quote | None:
        """Return a price; None when this type is not sold for this kind of seat."""
        return self._quotes.get((ticket_type, kind))

    def usual_quote(self, kind: SeatKind) -> Quote | None:
        """Return the price that a seat shows before anybody chooses a type."""
        return self.quote(self.usual_type(kind), kind)

    def totals(self, lines: Sequence[tuple[str, SeatKind]]) -> Totals:
        """Sum lines of ticket type and seat kind; one that is not sold counts nothing."""
        found = [quote for line in lines if (quote := self.quote(*line)) is not None]
        return Totals(
            gross_minor=sum(quote.gross_minor for quote in found),
            fee_minor=sum(quote.fee_minor for quote in found),
            tax_minor=sum(quote.tax_minor for quote in found),
        )

    def table(self) -> dict[str, dict[str, list[int]]]:
        """Return [gross, fee, tax] by ticket type and seat kind, for the page's script."""
        return {
            each.code: {
                kind: [quote.gross_minor, quote.fee_minor, quote.tax_minor]
                for kind in each.prices
                if (quote := self.quote(each.code, kind)) is not None
            }
            for each in self.types
        }

    def _quote(self, price: int, fee: int) -> Quote:
        return Quote(price, fee, tax_within(price + fee, self.tax_rate_bp))


class PriceLists:
    """The price lists of a cinema, each made once: many screenings have the same one."""

    def __init__(self) -> None:
        self._lists: dict[Hashable, Quotes] = {}

    def find(self, detail: ScreeningDetail) -> Quotes:
        """Return the price list of a screening."""
        name = (detail.screening.currency, detail.tax_rate_bp, *map(_written, detail.ticket_types))
        found = self._lists.pop(name, None) or Quotes(detail)
        self._lists[name] = found
        while len(self._lists) > _MOST_LISTS:
            del self._lists[next(iter(self._lists))]
        return found


def _written(each: TicketTypeRead) -> Hashable:
    prices, fees = tuple(each.prices.items()), tuple(each.fees.items())
    return (each.code, each.name, each.note, each.rule, prices, fees)


def tax_within(gross_minor: int, rate_bp: int) -> int:
    """Return the tax inside a gross amount, rounded half up, as the service does per line."""
    whole = 10_000 + rate_bp
    return (2 * gross_minor * rate_bp + whole) // (2 * whole)
