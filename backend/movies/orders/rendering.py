"""An order as its owner reads it, and as ticket receives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from backend.contracts.messages import OrderLapsed, OrderPaid, PaidLine
from backend.contracts.orders import (
    Channel,
    LineState,
    OrderLineRead,
    OrderRead,
    OrderScreening,
    OrderState,
    SeatRead,
)
from backend.contracts.seats import LayoutSeat
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
    """A part of a line in JSON: as it is kept, and as it is answered; without its braces."""

    row: str
    read: str


def line_text(offer: Offer, line: PricedLine, language: str) -> LineText:
    """Return a line from its number on: its seat's part is the layout's, the rest the offer's."""
    seat = _seat_text(offer, line.seat)
    price = _price_text(offer, line, language)
    return LineText(f"{seat.row},{price.row}}}", f"{seat.read},{price.read}}}")


def _seat_text(offer: Offer, seat: LayoutSeat) -> LineText:
    known: LineText | None = offer.layout_memo.get(seat.seat)
    if known is None:
        row = {
            "seat": seat.seat,
            "row_label": seat.row,
            "seat_label": seat.label,
            "seat_kind": seat.kind,
        }
        read = SeatRead(seat=seat.seat, row=seat.row, label=seat.label, kind=seat.kind)
        known = LineText(_inside(to_json(row)), f'"seat":{read.model_dump_json()}')
        offer.layout_memo[seat.seat] = known
    return known


def _price_text(offer: Offer, line: PricedLine, language: str) -> LineText:
    key = (line.ticket_type, line.seat.kind, language)
    known: LineText | None = offer.memo.get(key)
    if known is None:
        row = line.price_row()
        known = offer.memo[key] = LineText(
            _inside(to_json(row)), _inside(to_json({**row, "state": LineState.LIVE}))
        )
    return known


def _inside(text: bytes) -> str:
    return text[1:-1].decode()


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is decided of an order before it is placed, beside its prices."""

    id: UUID
    reference: str
    channel: Channel
    buyer: str | None
    language: str
    email: str | None
    hold_s: int
    extensions: int


def new_reply(
    offer: Offer, order: PricedOrder, new: NewOrder, texts: Sequence[LineText]
) -> tuple[str, str]:
    """Write the reply of a new hold, an OrderRead, in two parts: `placed_at` stands between them.

    Written as text because this is the hottest answer: its parts are rendered once an offer.
    """
    lines = ",".join(
        [f'{{"line_no":{number},{text.read}' for number, text in enumerate(texts, start=1)]
    )
    head = (
        f'{{"id":"{new.id}","reference":"{new.reference}","state":"HELD","version":1,'
        f'"language":"{new.language}","email":{_text(new.email)},"currency":"{offer.currency}",'
        f'"total_minor":{order.total_minor},"fee_minor":{order.fee_minor},'
        f'"tax_minor":{order.tax_minor},"lines":[{lines}],'
        f'"screening":{_screening_text(offer, new.language)},"expires_in_s":{new.hold_s}.0,'
        f'"extensions_left":{new.extensions},"attempt":0,"closing":false,"placed_at":"'
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
