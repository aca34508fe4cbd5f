"""Paying: to the card provider's page, back from it, or back to the seats."""

import asyncio
from contextlib import suppress
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.contracts.orders import OrderPay, OrderState, PayAnswer
from backend.contracts.payments import AttemptState
from backend.contracts.problems import Problem, Unavailable
from web.forms import intent_key, posted
from web.languages import language_of
from web.own_orders import OwnOrder, own_order
from web.pages.orders import (
    LOOK_AGAIN_S,
    Typed,
    order_page,
    refused,
    to_order,
    typed_in,
    with_types,
)
from web.parts import parts_of
from web.purchase.choices import email_of
from web.purchase.order_views import view_after_return
from web.rendering import page

# How long a page waits for what is usually a matter of moments, before it says that it waits.
PAUSES_S = (0.05, 0.1, 0.2, 0.3, 0.4)


def routes() -> list[Route]:
    """Return the addresses of this module."""
    order = "/{language:language}/orders/{order_id:uuid}"
    return [
        Route(order + "/pay", pay, methods=["POST"]),
        Route(order + "/payment", wait, methods=["GET"]),
        Route(order + "/return", come_back, methods=["GET"]),
        Route(order + "/cancel-payment", cancel, methods=["GET"]),
        Route(order + "/cancel-payment", cancel_here, methods=["POST"]),
    ]


async def pay(request: Request) -> Response:
    """Press Pay: on to the card provider's page, or to the tickets when there is nothing to pay."""
    form = await posted(request)
    own = await own_order(request)
    try:
        email = email_of(form)
        own = await with_types(request, own, form)
        if own.order.state is OrderState.HELD and not _is_seen(form.get("seen"), own):
            typed = typed_in(form, own)
            return await order_page(request, own, typed=Typed(typed.email, is_repriced=True))
        answer = await parts_of(request).movies.pay(
            own.order.id,
            OrderPay(email=email),
            token=own.token,
            # The same form means another intent once its payment was closed and the hold is back.
            key=f"{intent_key(form)}-{own.order.state}-{own.order.attempt}",
        )
    except Problem as problem:
        return await refused(request, own, form, problem)
    return _onward(request, own, answer)


async def wait(request: Request) -> Response:
    """Wait until the card provider's page is open, and go on to it."""
    own = await own_order(request)
    if own.order.state is not OrderState.PAYING or own.order.closing:
        return to_order(request, own)
    answer = PayAnswer(state=own.order.state, checkout_url=None)
    with suppress(Unavailable):
        # Asks and never pays: somebody else's page may have sent the browser here.
        answer = await parts_of(request).movies.payment(own.order.id, token=own.token)
    if answer.checkout_url is None and answer.state is OrderState.PAYING:
        response = page(request, "payment.html", order=own.order)
        response.headers["Refresh"] = f"{LOOK_AGAIN_S}"
        return response
    return _onward(request, own, answer)


async def come_back(request: Request) -> Response:
    """Receive the buyer back from the card page: look at the provider, then show the order."""
    own = await own_order(request)
    if own.order.state is not OrderState.PAYING:
        return to_order(request, own)
    found = await _synced(request, own)
    own = await _settled(request, own)
    view = view_after_return(found)
    if own.order.state is not OrderState.PAYING or own.order.closing or view is None:
        return to_order(request, own)
    return await order_page(request, own, view=view)


async def cancel(request: Request) -> Response:
    """Close the payment that the buyer turned away from; the card page's own link leads here."""
    return await _closed(request, await own_order(request))


async def cancel_here(request: Request) -> Response:
    """Close the payment from our own page."""
    await posted(request)
    return await _closed(request, await own_order(request))


async def _closed(request: Request, own: OwnOrder) -> Response:
    if own.order.state is OrderState.PAYING:
        await parts_of(request).movies.close_payment(
            own.order.id, token=own.token, key=f"close-{own.order.id}-{own.order.attempt}"
        )
        await _settled(request, own)
    return to_order(request, own)


async def _synced(request: Request, own: OwnOrder) -> AttemptState | None:
    try:
        found = await parts_of(request).movies.sync(own.order.id, token=own.token)
    except Unavailable:
        return None
    return found.state


async def _settled(request: Request, own: OwnOrder) -> OwnOrder:
    """Return the order once it does not pay any more, or as it is after a moment's wait."""
    for pause_s in PAUSES_S:
        own = await own_order(request)
        if own.order.state is not OrderState.PAYING:
            break
        await asyncio.sleep(pause_s)
    return own


def _onward(request: Request, own: OwnOrder, answer: PayAnswer) -> Response:
    if answer.checkout_url is not None:
        return RedirectResponse(answer.checkout_url, 303)
    if answer.state is OrderState.PAYING:
        return RedirectResponse(_address(request, own.order.id) + "/payment", 303)
    return to_order(request, own)


def _address(request: Request, order_id: UUID) -> str:
    return f"/{language_of(request)}/orders/{order_id}"


def _is_seen(seen: object, own: OwnOrder) -> bool:
    """Say whether the total is the one that the buyer saw; changed types may have changed it."""
    return seen is None or str(seen) == str(own.order.total_minor)
