"""An order as its owner reads it, and as ticket receives it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from backend.contracts.messages import OrderLapsed, OrderPaid, PaidLine
from backend.contracts.orders import (
    LineState,
    OrderLineRead,
    OrderRead,
    OrderScreening,
    OrderState,
    SeatRead,
)
from backend.movies.orders.offers import Offer
from backend.movies.orders.pricing import PricedLine, PricedOrder

_TIMED = frozenset({OrderState.HELD})


def order_read(row: dict[str, Any]) -> OrderRead:
    """Render an order read by the repository."""
    state = OrderState(row["state"])
    expires_in_s = row["expires_in_s"] if state in _TIMED else None
    return OrderRead(
        id=row["id"],
        reference=row["reference"],
        state=state,
        version=row["version"],
        language=row["language"],
        email=row["email"],
        currency=row["currency"],
        total_minor=row["total_minor"],
        fee_minor=row["fee_minor"],
        tax_minor=row["tax_minor"],
        lines=[_line(line) for line in row["lines"]],
        screening=OrderScreening(
            id=row["screening_public_id"],
            key=row["screening_id"],
            film_id=row["film_id"],
            film_title=row["title"][row["language"]],
            room_name=row["room_name"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            zone=row["zone"],
            cinema_id=row["cinema_id"],
            cinema_name=row["cinema_name"],
        ),
        expires_in_s=None if expires_in_s is None else max(0.0, expires_in_s),
        extensions_left=row["extensions_left"],
        attempt=row["attempt"],
        closing=row["closing"] is not None,
        placed_at=row["placed_at"],
        paid_at=row["paid_at"],
    )


def _line(line: dict[str, Any]) -> OrderLineRead:
    return OrderLineRead(
        line_no=line["line_no"],
        seat=SeatRead(
            seat=line["seat_id"],
            row=line["row_label"],
            label=line["seat_label"],
            kind=line["seat_kind"],
        ),
        ticket_type=line["ticket_type"],
        ticket_type_name=line["ticket_type_name"],
        price_minor=line["price_minor"],
        fee_minor=line["fee_minor"],
        gross_minor=line["gross_minor"],
        tax_rate_bp=line["tax_rate_bp"],
        tax_minor=line["tax_minor"],
        state=LineState(line["state"]),
    )


@dataclass(frozen=True, slots=True)
class LineText:
    """A line in JSON, less its number and what comes before that: as kept, and as answered."""

    row: str
    read: str


def line_text(offer: Offer, line: PricedLine, language: str) -> LineText:
    """Return the texts of a line; they are the same for every order of this offer."""
    known: LineText | None = offer.memo.get((line.seat.seat, line.ticket_type, language))
    if known is None:
        row = line.row()
        read = _line({**row, "seat_id": line.seat.seat, "state": "LIVE"}).model_dump_json()
        del row["line_no"]
        known = LineText(to_json(row).decode()[1:], read.partition(",")[2])
        offer.memo[line.seat.seat, line.ticket_type, language] = known
    return known


def new_order(
    offer: Offer,
    order: PricedOrder,
    *,
    order_id: UUID,
    reference: str,
    language: str,
    email: str | None,
    hold_s: int,
    extensions: int,
) -> tuple[str, str]:
    """Write the reply of a new hold, an OrderRead, in two parts: `placed_at` stands between them.

    Written as text because this is the hottest answer: its parts are rendered once an offer.
    """
    lines = ",".join(
        f'{{"line_no":{line.line_no},{line_text(offer, line, language).read}'
        for line in order.lines
    )
    head = (
        f'{{"id":"{order_id}","reference":"{reference}","state":"HELD","version":1,'
        f'"language":"{language}","email":{_text(email)},"currency":"{offer.currency}",'
        f'"total_minor":{order.total_minor},"fee_minor":{order.fee_minor},'
        f'"tax_minor":{order.tax_minor},"lines":[{lines}],'
        f'"screening":{_screening_text(offer, language)},"expires_in_s":{hold_s}.0,'
        f'"extensions_left":{extensions},"attempt":0,"closing":false,"placed_at":"'
    )
    return head, '","paid_at":null}'


def _text(value: str | None) -> str:
    return to_json(value).decode()


def _screening_text(offer: Offer, language: str) -> str:
    known: str | None = offer.memo.get(language)
    if known is None:
        known = offer.memo[language] = OrderScreening(
            id=offer.public_id,
            key=offer.screening_id,
            film_id=offer.film_id,
            film_title=offer.title[language],
            room_name=offer.room_name,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            zone=offer.zone,
            cinema_id=offer.cinema_id,
            cinema_name=offer.cinema_name,
        ).model_dump_json()
    return known


def order_paid(row: dict[str, Any]) -> OrderPaid:
    """Render what ticket needs to issue from alone."""
    return OrderPaid(
        order_id=row["id"],
        reference=row["reference"],
        owner=row["owner"],
        code_hash=row["code_hash"],
        channel=row["channel"],
        language=row["language"],
        email=row["email"],
        cinema_id=row["cinema_id"],
        cinema_slug=row["cinema_slug"],
        cinema_name=row["cinema_name"],
        seller_name=row["seller"]["name"],
        seller_address=row["seller"]["address"],
        seller_tax_id=row["seller"]["tax_id"],
        zone=row["zone"],
        currency=row["currency"],
        total_minor=row["total_minor"],
        screening_id=row["screening_public_id"],
        screening_key=row["screening_id"],
        film_title=row["title"][row["language"]],
        certificate=row["certificate"],
        room_name=row["room_name"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        paid_at=row["paid_at"],
        lines=[_paid_line(line) for line in row["lines"]],
    )


def _paid_line(line: dict[str, Any]) -> PaidLine:
    return PaidLine(
        line_no=line["line_no"],
        seat=_line(line).seat,
        ticket_type=line["ticket_type"],
        ticket_type_name=line["ticket_type_name"],
        price_minor=line["price_minor"],
        fee_minor=line["fee_minor"],
        gross_minor=line["gross_minor"],
        tax_rate_bp=line["tax_rate_bp"],
        tax_minor=line["tax_minor"],
    )


def order_lapsed(row: dict[str, Any], reason: str) -> OrderLapsed:
    """Render the news that a buyer who had begun to pay has no tickets."""
    return OrderLapsed.model_validate(
        {
            "order_id": row["id"],
            "reference": row["reference"],
            "language": row["language"],
            "email": row["email"],
            "cinema_name": row["cinema_name"],
            "film_title": row["title"][row["language"]],
            "starts_at": row["starts_at"],
            "zone": row["zone"],
            "reason": reason,
        }
    )
