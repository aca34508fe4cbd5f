"""The seat picker's view: the room, what is chosen, what that costs, and if it can be sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.contracts.catalogue import ScreeningDetail, TicketTypeRead
from backend.contracts.orders import OrderRead
from backend.contracts.seats import SeatMap
from web.purchase.quotes import Quote, Quotes, Totals
from web.purchase.seat_plan import Place, Plan, Room, plan_of

Standing = Literal["open", "sold_out", "later", "closed", "started", "past", "cancelled"]


@dataclass(frozen=True, slots=True)
class ChosenSeat:
    """A chosen place with its ticket type, the types that it can have, and its price."""

    place: Place
    ticket_type: str
    types: list[TicketTypeRead]
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Picker:
    """All that the picker's template shows of a screening."""

    detail: ScreeningDetail
    standing: Standing
    version: int
    plan: Plan
    quotes: Quotes
    chosen: tuple[ChosenSeat, ...]
    totals: Totals
    own: tuple[int, ...]


def picker_of(
    detail: ScreeningDetail,
    room: Room,
    quotes: Quotes,
    seat_map: SeatMap,
    *,
    seats: Sequence[int],
    types: Mapping[int, str],
    order: OrderRead | None,
    now: datetime,
) -> Picker:
    """Arrange the picker; seats that somebody else has by now are not chosen any more."""
    own = tuple(line.seat.seat for line in order.lines) if order is not None else ()
    plan = plan_of(room, seat_map, chosen=seats, own=own)
    chosen = tuple(_chosen(quotes, place, types.get(place.seat)) for place in plan.chosen)
    return Picker(
        detail=detail,
        standing=standing_of(detail, plan, now),
        version=seat_map.version,
        plan=plan,
        quotes=quotes,
        chosen=chosen,
        totals=quotes.totals([(each.ticket_type, each.place.kind) for each in chosen]),
        own=own,
    )


def standing_of(detail: ScreeningDetail, plan: Plan, now: datetime) -> Standing:
    """Say whether tickets are sold; the service has the last word when seats are asked for."""
    screening = detail.screening
    if screening.state in {"cancelling", "cancelled"}:
        return "cancelled"
    if screening.ends_at <= now:
        return "past"
    if screening.is_on_sale:
        return "open" if plan.open_count else "sold_out"
    if screening.starts_at <= now:
        return "started"
    opens_at = screening.sale_opens_at
    is_to_come = screening.state == "on_sale" and opens_at is not None and opens_at > now
    return "later" if is_to_come else "closed"


def _chosen(quotes: Quotes, place: Place, wanted: str | None) -> ChosenSeat:
    types = quotes.types_for(place.kind)
    is_sold = wanted is not None and quotes.quote(wanted, place.kind) is not None
    ticket_type = wanted if wanted is not None and is_sold else quotes.usual_type(place.kind)
    return ChosenSeat(place, ticket_type, types, quotes.quote(ticket_type, place.kind))
