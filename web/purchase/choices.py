"""What a form of the purchase says: seats, who sits on them, and where the tickets go.

The fields: `seat`, once per chosen seat; `type-7`, the ticket type of seat 7; `email`.
"""

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import ImmutableMultiDict

from backend.contracts.orders import LineChoice, OrderPay, SeatNo
from backend.contracts.problems_orders import SeatUnknown, TicketTypeUnknown, TooManySeats
from web.purchase.problems import EmailWrong, NothingChosen

MOST = 10
Fields = ImmutableMultiDict[str, object]
_SEAT = TypeAdapter(SeatNo)


def seats_of(fields: Fields) -> list[int]:
    """Return the seats that a form or a query names; what is no seat number is SeatUnknown."""
    try:
        return [_SEAT.validate_python(str(value)) for value in fields.getlist("seat")]
    except ValidationError:
        raise SeatUnknown from None


def types_of(fields: Fields, seats: Iterable[int]) -> dict[int, str]:
    """Return the ticket types as the form says them; a seat without one is left out."""
    given = {seat: str(fields.get(f"type-{seat}", "")) for seat in seats}
    return {seat: code for seat, code in given.items() if code}


def lines_of(seats: list[int], types: dict[int, str]) -> list[LineChoice]:
    """Return the lines to ask for; raises what a buyer can mend at once."""
    if not seats:
        raise NothingChosen
    if len(seats) > MOST:
        raise TooManySeats(seats_left=MOST)
    return [_line(seat, types.get(seat)) for seat in seats]


def email_of(fields: Fields) -> str | None:
    """Return the typed address, None where nothing was typed; raises EmailWrong."""
    typed = str(fields.get("email", "")).strip()
    if not typed:
        return None
    try:
        return OrderPay(email=typed).email
    except ValidationError:
        raise EmailWrong from None


def _line(seat: int, ticket_type: str | None) -> LineChoice:
    try:
        return LineChoice(seat=seat, **({"ticket_type": ticket_type} if ticket_type else {}))
    except ValidationError:
        raise TicketTypeUnknown(seat=seat) from None
