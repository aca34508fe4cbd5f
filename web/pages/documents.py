"""What a buyer takes along: tickets and receipt as PDF, and the screening for their calendar."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brand.texts import texts
from web.languages import language_of
from web.own_orders import own_order
from web.parts import parts_of
from web.purchase.calendar import calendar_file
from web.purchase.order_views import live_lines

_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def routes() -> list[Route]:
    """Return the addresses of this module."""
    order = "/{language:language}/orders/{order_id:uuid}"
    return [
        Route(order + "/tickets.pdf", read_tickets, methods=["GET"]),
        Route(order + "/receipt.pdf", read_receipt, methods=["GET"]),
        Route(order + "/calendar.ics", read_calendar, methods=["GET"]),
    ]


async def read_tickets(request: Request) -> Response:
    """Return the tickets as the ticket service printed them."""
    own = await own_order(request)
    content = await parts_of(request).tickets.tickets_pdf(own.order.id, token=own.token)
    return _pdf(content, f"moviemesh-tickets-{own.order.reference}.pdf")


async def read_receipt(request: Request) -> Response:
    """Return the receipt."""
    own = await own_order(request)
    content = await parts_of(request).tickets.receipt_pdf(own.order.id, token=own.token)
    return _pdf(content, f"moviemesh-receipt-{own.order.reference}.pdf")


async def read_calendar(request: Request) -> Response:
    """Return the screening as a calendar event."""
    own = await own_order(request)
    order, language = own.order, language_of(request)
    t = texts(language)
    seats = t.list(
        t("web.seats.short", row=line.seat.row, seat=line.seat.label) for line in live_lines(order)
    )
    url = f"{parts_of(request).settings.public_url}/{language}/orders/{order.id}"
    content = calendar_file(
        order,
        summary=order.screening.film_title,
        description=t("web.order.calendar.text", seats=seats, reference=order.reference),
        url=url,
    )
    return _file(content, "text/calendar; charset=utf-8", f"moviemesh-{order.reference}.ics")


def _pdf(content: bytes, name: str) -> Response:
    return _file(content, "application/pdf", name)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {**_PRIVATE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, headers=headers, media_type=media_type)
