"""Orders over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from backend.contracts.orders import (
    LineRefund,
    Lookup,
    LookupAnswer,
    OrderCreate,
    OrderList,
    OrderPay,
    OrderRead,
    OrderState,
    PayAnswer,
    SeatsChange,
)
from backend.contracts.payments import CheckoutRead
from backend.contracts.problems import Unavailable
from backend.contracts.problems_payment import AttemptMissing
from backend.kit.bodies import body_of
from backend.kit.database import Connection
from backend.kit.keys import Reply, intent_of
from backend.kit.openapi import answers
from backend.kit.streams import EventStream, event_stream
from backend.kit.tokens.bearer import allowed, caller
from backend.kit.tokens.principal import Principal
from backend.movies.orders import (
    changing,
    creating,
    following,
    paying,
    refunds,
    repository,
    service,
)
from backend.movies.parts import Parts
from backend.movies.seats.feed import topic as seats_topic

router = APIRouter(tags=["orders"])
_CREATE = TypeAdapter(OrderCreate)
_PATH = {"order_id": UUID}

Reader = Annotated[Principal, allowed("orders.read")]
Changer = Annotated[Principal, allowed("orders.change")]
Payer = Annotated[Principal, allowed("orders.pay")]
Refunder = Annotated[Principal, allowed("orders.refund")]
Service = Annotated[Principal, allowed("orders.lookup")]


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


@router.post(
    "/orders",
    status_code=201,
    openapi_extra=answers(
        OrderRead, body=OrderCreate, status=201, is_keyed=True, permission="orders.create"
    ),
)
async def create_order(request: Request) -> Response:
    """Hold seats, all or none, priced by us. A hot route."""
    principal = await caller(request, "orders.create")
    intent = await intent_of(request, principal.subject)
    body = await body_of(request, _CREATE)
    reply = await creating.create(_parts(request), principal, body, intent)
    return reply.response()


@router.get("/orders")
async def read_orders(request: Request, principal: Reader) -> OrderList:
    """Return the caller's newest orders."""
    async with _parts(request).database.connection() as connection:
        return await service.read_mine(connection, principal)


@router.get("/orders/{order_id}")
async def read_order(request: Request, order_id: UUID, principal: Reader) -> OrderRead:
    """Return one order."""
    async with _parts(request).database.connection() as connection:
        return await service.read(connection, principal, order_id)


@router.get("/orders/{order_id}/live", response_class=EventStream)
async def follow_order(request: Request, order_id: UUID, principal: Reader) -> EventStream:
    """Stream the order's state, now and after each change."""
    parts = _parts(request)
    async with parts.database.connection() as connection:
        await service.owned(connection, principal, order_id)
    return event_stream(following.events(parts.database, parts.nudges, order_id))


@router.put("/orders/{order_id}/seats", openapi_extra=answers(OrderRead, is_keyed=True))
async def change_seats(
    request: Request, order_id: UUID, body: SeatsChange, principal: Changer
) -> Response:
    """Swap the whole hold for other seats or ticket types, or keep the old one."""
    parts = _parts(request)

    async def effect(connection: Connection) -> BaseModel:
        return await changing.change_seats(
            parts, connection, principal, order_id=order_id, body=body
        )

    return await _once(request, principal, order_id, effect)


@router.post("/orders/{order_id}/extend", openapi_extra=answers(OrderRead, is_keyed=True))
async def extend_hold(request: Request, order_id: UUID, principal: Changer) -> Response:
    """Give a hold half its length more; twice at most."""

    async def effect(connection: Connection) -> BaseModel:
        return await changing.extend(connection, principal, order_id)

    return await _once(request, principal, order_id, effect)


@router.post("/orders/{order_id}/release", openapi_extra=answers(OrderRead, is_keyed=True))
async def release_hold(request: Request, order_id: UUID, principal: Changer) -> Response:
    """Let a hold go."""

    async def effect(connection: Connection) -> BaseModel:
        return await changing.release(connection, principal, order_id)

    return await _once(request, principal, order_id, effect)


@router.post(
    "/orders/{order_id}/pay", openapi_extra=answers(PayAnswer, or_status=202, is_keyed=True)
)
async def pay_order(request: Request, order_id: UUID, body: OrderPay, principal: Payer) -> Response:
    """Press Pay: 200 with the provider's page, or 202 while that is still being opened."""
    parts = _parts(request)

    async def effect(connection: Connection) -> BaseModel:
        return await paying.pay(parts, connection, principal, order_id=order_id, body=body)

    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    if reply.status != 200:  # a refusal that is told again
        return reply.response()
    await _tell(parts, order_id)
    answer = PayAnswer.model_validate_json(reply.body)
    if answer.state is not OrderState.PAYING:
        return reply.response()
    url = answer.checkout_url or await _open_now(parts, order_id)
    body_now = PayAnswer(state=OrderState.PAYING, checkout_url=url).model_dump_json().encode()
    return Reply(200 if url else 202, body_now, reply.is_replayed).response()


@router.get("/orders/{order_id}/payment")
async def read_payment(request: Request, order_id: UUID, principal: Payer) -> PayAnswer:
    """Return where the open payment's page is, once the provider has opened it; changes nothing."""
    async with _parts(request).database.connection() as connection:
        return await paying.under_way(connection, principal, order_id)


@router.post("/orders/{order_id}/close-payment", openapi_extra=answers(OrderRead, is_keyed=True))
async def close_payment(request: Request, order_id: UUID, principal: Payer) -> Response:
    """Ask to end the open payment, to change seats or pay later."""

    async def effect(connection: Connection) -> BaseModel:
        await service.owned(connection, principal, order_id)
        await paying.request_close(connection, order_id, reason="buyer", actor=principal.subject)
        return await service.read(connection, principal, order_id)

    return await _once(request, principal, order_id, effect)


@router.post("/orders/{order_id}/sync", openapi_extra=answers(CheckoutRead))
async def sync_order(request: Request, order_id: UUID, principal: Payer) -> Response:
    """Have payment look at the provider now; the order itself moves by messages only."""
    parts = _parts(request)
    async with parts.database.connection() as connection:
        row = await service.owned(connection, principal, order_id)
    if not row["attempt"]:
        raise AttemptMissing
    found = await parts.checkouts.sync(order_id, row["attempt"])
    if found is None:
        raise Unavailable
    return Response(found.model_dump_json(), media_type="application/json")


@router.post("/orders/{order_id}/refunds", openapi_extra=answers(OrderRead, is_keyed=True))
async def refund_lines(
    request: Request, order_id: UUID, body: LineRefund, principal: Refunder
) -> Response:
    """Give back the money of some lines; their seats are freed or kept, as chosen."""

    async def effect(connection: Connection) -> BaseModel:
        return await refunds.refund(connection, principal, order_id, body)

    return await _once(request, principal, order_id, effect)


@router.post("/lookups")
async def look_up(request: Request, body: Lookup, principal: Service) -> LookupAnswer:
    """Return the order of a reference and mailed code; asked by auth only."""
    del principal
    async with _parts(request).database.connection() as connection:
        return await service.look_up(connection, body.reference, body.code)


async def _once(
    request: Request,
    principal: Principal,
    order_id: UUID,
    effect: Callable[[Connection], Awaitable[BaseModel]],
) -> Response:
    """Run an effect under the request's key, then tell whoever watches the order or the map."""
    parts = _parts(request)
    reply = await parts.once.run(await intent_of(request, principal.subject), effect)
    if reply.status == 200:  # else a refusal that is told again: nothing changed
        await _tell(parts, order_id)
    return reply.response()


async def _tell(parts: Parts, order_id: UUID) -> None:
    parts.nudges.send(following.topic(order_id))
    async with parts.database.connection() as connection:
        screening = await repository.keys_of_screening(connection, order_id)
    parts.maps.outdate(screening.key)
    parts.nudges.send(seats_topic(screening.public_id))


async def _open_now(parts: Parts, order_id: UUID) -> str | None:
    """Open the attempt by the direct command; its twin in the outbox does it otherwise."""
    async with parts.database.connection() as connection:
        order = await repository.snapshot(connection, order_id)
    if order.state is not OrderState.PAYING or order.row["closing"] is not None:
        return None
    if order.row["attempt_url"] is not None:
        url: str = order.row["attempt_url"]
        return url
    found = await parts.checkouts.open(paying.checkout_of(order, parts.settings.public_url))
    return None if found is None else found.url
