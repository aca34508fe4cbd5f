"""Order look-up: for the website's server, and for browsers and programs directly."""

from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from pydantic import IPvAnyAddress

from backend.auth.callers import FromOurPages, FromWeb, check_web, parts_of
from backend.auth.cookies import Cookie
from backend.auth.guests.orders import with_order
from backend.contracts.orders import Lookup, LookupAnswer
from backend.contracts.problems import BadRequest
from backend.contracts.sessions import LookedUp

router = APIRouter(tags=["lookups"])


@router.post("/internal/lookups", dependencies=[FromWeb])
async def look_up_for_web(request: Request, body: Lookup, client_ip: IPvAnyAddress) -> LookedUp:
    """Open an order for a visitor of the website, who is at `client_ip`."""
    return await _looked_up(request, body, client_ip)


@router.post("/auth/lookups", dependencies=[FromOurPages])
async def look_up(request: Request, body: Lookup, response: Response) -> LookupAnswer:
    """Open an order by its reference and mailed code; its cookie opens it for 15 minutes."""
    found = await _looked_up(request, body, await _address(request))
    response.headers["Set-Cookie"] = found.set_cookie
    return LookupAnswer(order_id=found.order_id)


async def _looked_up(request: Request, body: Lookup, address: IPvAnyAddress) -> LookedUp:
    parts = parts_of(request)
    order_id = await parts.lookups.order(body, address)
    given = parts.cookies.read(request.headers.get("cookie")).get(Cookie.ORDERS)
    cookie = parts.cookies.keep(
        Cookie.ORDERS, with_order(parts.guests, given, order_id), parts.settings.order_life
    )
    return LookedUp(order_id=order_id, set_cookie=cookie)


async def _address(request: Request) -> IPvAnyAddress:
    """Return the visitor's address; the website alone may name another than the caller's own."""
    named = request.headers.get("x-forwarded-for")
    if named is None or "authorization" not in request.headers:
        return ip_address(request.client.host if request.client else "")
    await check_web(request)
    try:
        return ip_address(named.strip())
    except ValueError as error:
        raise BadRequest("X-Forwarded-For must be the visitor's address.") from error
