"""Turns chosen seats into priced lines, or says what is wrong with the choice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.contracts.orders import LineChoice
from backend.contracts.problems_orders import (
    SeatBroken,
    SeatTwice,
    SeatUnknown,
    TicketTypeUnknown,
)
from backend.contracts.seats import LayoutSeat
from backend.movies.orders.offers import Offer
from backend.movies.prices.rules import Price


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as it will be frozen."""

    line_no: int
    seat: LayoutSeat
    ticket_type: str
    ticket_type_name: str
    price: Price

    def row(self) -> dict[str, str | int]:
        """Return the columns of order_line, as place_orders reads them."""
        return {
            "line_no": self.line_no,
            "seat": self.seat.seat,
            "row_label": self.seat.row,
            "seat_label": self.seat.label,
            "seat_kind": self.seat.kind,
            **self.price_row(),
        }

    def price_row(self) -> dict[str, str | int]:
        """Return those columns that are the same for every seat of this kind."""
        return {
            "ticket_type": self.ticket_type,
            "ticket_type_name": self.ticket_type_name,
            "price_minor": self.price.price_minor,
            "fee_minor": self.price.fee_minor,
            "gross_minor": self.price.gross_minor,
            "tax_rate_bp": self.price.tax_rate_bp,
            "tax_minor": self.price.tax_minor,
        }


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """The lines, their seats and their sums: what is to pay, and the fees and the tax inside.

    `carers_apart` counts the carers whose wheelchair place is not in this order: it must be among
    the buyer's tickets for the same screening, which only the database knows.
    """

    lines: tuple[PricedLine, ...]
    seats: frozenset[int]
    total_minor: int
    fee_minor: int
    # The sum of the lines' rounded taxes.
    tax_minor: int
    carers_apart: int = 0


def priced(offer: Offer, choices: Sequence[LineChoice], language: str) -> PricedOrder:
    """Price a choice; raises the problem that the buyer can mend."""
    chosen = [choice.seat for choice in choices]
    if len(set(chosen)) < len(chosen):
        raise SeatTwice(seats=[seat for seat, count in Counter(chosen).items() if count > 1])
    seats = offer.room.seats
    unknown = [seat for seat in chosen if seat not in seats]
    if unknown:
        raise SeatUnknown(seats=unknown)
    broken = [seat for seat in chosen if seats[seat].broken]
    if broken:
        raise SeatBroken(seats=broken)
    lines = tuple(
        _line(offer, number, choice, language) for number, choice in enumerate(choices, start=1)
    )
    return PricedOrder(
        lines=lines,
        seats=frozenset(chosen),
        total_minor=sum([line.price.gross_minor for line in lines]),
        fee_minor=sum([line.price.fee_minor for line in lines]),
        tax_minor=sum([line.price.tax_minor for line in lines]),
        carers_apart=_carers_apart(offer, lines),
    )


def _line(offer: Offer, number: int, choice: LineChoice, language: str) -> PricedLine:
    seat = offer.room.seats[choice.seat]
    kind = offer.ticket_types.get(choice.ticket_type)
    price = _price(offer, choice.ticket_type, seat.kind)
    if kind is None or price is None:
        raise TicketTypeUnknown(ticket_type=choice.ticket_type, seat=choice.seat)
    return PricedLine(number, seat, choice.ticket_type, kind.name[language], price)


def _price(offer: Offer, ticket_type: str, seat_kind: str) -> Price | None:
    """Price by the card's rules, once for each kind of seat that an offer has."""
    if ticket_type not in offer.ticket_types:
        return None  # not kept: anybody can invent more of these
    key = (ticket_type, seat_kind)
    if key not in offer.memo:
        offer.memo[key] = offer.card.price(ticket_type, seat_kind, offer.showing)
    price: Price | None = offer.memo[key]
    return price


def _carers_apart(offer: Offer, lines: Sequence[PricedLine]) -> int:
    rules = [(offer.ticket_types[line.ticket_type].rule, line.seat.kind) for line in lines]
    carers = sum([rule == "carer" for rule, _ in rules])
    if not carers:
        return 0
    places = sum([rule != "carer" and kind == "wheelchair" for rule, kind in rules])
    return max(0, carers - places)
