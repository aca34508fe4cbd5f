"""Dull orders and tickets for the tests of ticket."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from backend.contracts.messages import OrderPaid, PaidLine
from backend.contracts.orders import SeatRead
from backend.kit.lookup import code_hash, lookup_code
from backend.ticket.issuing.facts import Line, PaidOrder, Ticket

SECRET = b"a secret of the tests, long enough"
CINEMA = UUID("01900000-0000-7000-8000-00000000c101")
OTHER_CINEMA = UUID("01900000-0000-7000-8000-00000000c202")
STARTS_AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(minutes=112)
DIGITS = "0123456789" * 24 + "0123"


def line(line_no: int = 1, **changes: Any) -> Line:
    given: dict[str, Any] = {
        "line_no": line_no,
        "seat": 10 + line_no,
        "row": "C",
        "label": str(10 + line_no),
        "kind": "standard",
        "ticket_type": "adult",
        "type_name": "Adult",
        "price_minor": 3200,
        "fee_minor": 250,
        "gross_minor": 3450,
        "tax_rate_bp": 1100,
        "tax_minor": 342,
        **changes,
    }
    return Line(**given)


def ticket(of: Line, **changes: Any) -> Ticket:
    given: dict[str, Any] = {
        "id": UUID(int=of.line_no),
        "line": of,
        "room": "Sala 2",
        "status": "ISSUED",
        "code": DIGITS,
        "admitted_at": None,
        "admitted_door": None,
        **changes,
    }
    return Ticket(**given)


def order(seats: int = 2, **changes: Any) -> PaidOrder:
    lines = changes.get("lines") or tuple(line(number) for number in range(1, seats + 1))
    given: dict[str, Any] = {
        "id": UUID("01900000-0000-7000-8000-000000000001"),
        "version": 1,
        "reference": "7K2M-P9QX-4TBD",
        "owner": "guest:01900000-0000-7000-8000-00000000aaaa",
        "code_hash": "",
        "language": "ro",
        "email": "ana@example.com",
        "cinema_id": CINEMA,
        "cinema_slug": "mesh",
        "cinema_name": "Cinema Mesh",
        "seller_name": "Cinema Mesh SRL",
        "seller_address": "Strada Ștefan cel Mare 14, București",
        "seller_tax_id": "RO12345678",
        "zone": "Europe/Bucharest",
        "currency": "RON",
        "total_minor": sum(one.gross_minor for one in lines),
        "screening_key": 77,
        "film_title": "Cabinetul doctorului Caligari",
        "certificate": "12+",
        "room_name": "Sala 2",
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "paid_at": STARTS_AT - timedelta(days=2),
        "lines": lines,
        "tickets": tuple(ticket(one) for one in lines),
        **changes,
    }
    return PaidOrder(**given)


def paid_line(line_no: int = 1, **changes: Any) -> PaidLine:
    one = line(line_no)
    seat = changes.pop("seat", one.seat)
    given: dict[str, Any] = {
        "line_no": line_no,
        "seat": SeatRead(seat=seat, row=one.row, label=str(seat), kind=one.kind),
        "ticket_type": one.ticket_type,
        "ticket_type_name": one.type_name,
        "price_minor": one.price_minor,
        "fee_minor": one.fee_minor,
        "gross_minor": one.gross_minor,
        "tax_rate_bp": one.tax_rate_bp,
        "tax_minor": one.tax_minor,
        **changes,
    }
    return PaidLine(**given)


def order_paid(*lines: PaidLine, **changes: Any) -> OrderPaid:
    bought = list(lines) or [paid_line(1), paid_line(2)]
    order_id = changes.get("order_id") or uuid4()
    given: dict[str, Any] = {
        "order_id": order_id,
        "reference": "7K2M-P9QX-4TBD",
        "owner": "guest:01900000-0000-7000-8000-00000000aaaa",
        "code_hash": code_hash(lookup_code(SECRET, order_id)),
        "channel": "web",
        "language": "ro",
        "email": "ana@example.com",
        "cinema_id": CINEMA,
        "cinema_slug": "mesh",
        "cinema_name": "Cinema Mesh",
        "seller_name": "Cinema Mesh SRL",
        "seller_address": "Strada Ștefan cel Mare 14, București",
        "seller_tax_id": "RO12345678",
        "zone": "Europe/Bucharest",
        "currency": "RON",
        "total_minor": sum(one.gross_minor for one in bought),
        "screening_id": uuid4(),
        "screening_key": 77,
        "film_title": "Cabinetul doctorului Caligari",
        "certificate": "12+",
        "room_name": "Sala 2",
        "starts_at": STARTS_AT,
        "ends_at": ENDS_AT,
        "paid_at": STARTS_AT - timedelta(days=2),
        "lines": bought,
        **changes,
    }
    return OrderPaid(**given)


def showing(minutes: float = 10, **changes: Any) -> dict[str, Any]:
    """Return when a screening is that begins so many minutes from now."""
    starts_at = datetime.now(UTC) + timedelta(minutes=minutes)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90), **changes}
