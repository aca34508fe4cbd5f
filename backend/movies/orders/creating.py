"""A new order: priced here, refused early where that is plain, placed by one statement."""

from collections.abc import Container
from typing import Any

from pydantic_core import to_json

from backend.contracts.orders import OrderCreate
from backend.contracts.permissions import Role
from backend.contracts.problems import Denied, Problem, Unavailable
from backend.contracts.problems_orders import LoneSeat, SeatTaken
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply, aged
from backend.kit.lookup import lookup_hash
from backend.kit.tokens.principal import Principal
from backend.movies.orders.offers import Offer
from backend.movies.orders.placing import Wanted
from backend.movies.orders.pricing import PricedOrder, priced
from backend.movies.orders.reference import new_reference
from backend.movies.orders.rendering import NewOrder, line_text, new_reply
from backend.movies.orders.service import channel_of, hold_seconds, own_email
from backend.movies.parts import Parts
from backend.movies.seats.feed import topic
from backend.movies.seats.rules import leaves_avoidable_gap


async def create(parts: Parts, principal: Principal, body: OrderCreate, intent: Intent) -> Reply:
    """Hold, price and create, in one statement; raises what the buyer can mend."""
    if principal.order_id is not None:
        raise Denied  # a looked-up order's guest may do nothing but with that order
    if await parts.placing.join(intent.identity):
        reply = await parts.replies.find(intent)
        if reply is not None:
            return reply
    try:
        for _ in range(2):
            offer = await parts.offers.get(body.screening_id)
            if Role.KIOSK in principal.roles:
                principal.demand_at("orders.create", offer.cinema_slug)
            order = priced(offer, body.lines, body.language)
            await _refuse_early(parts, offer, order)
            new = _decided(parts, principal, body, offer)
            wanted = _wanted(parts, new, intent, offer=offer, order=order)
            answer = await parts.placing.place(wanted)
            if answer.get("refusal") != "PriceChanged":
                break
            parts.offers.forget(body.screening_id)
    except Unavailable:
        raise
    except Problem:
        # What was answered before is answered again, whatever the map or the prices say today.
        reply = await parts.replies.find(intent)
        if reply is None:
            raise
        return reply
    return _reply(parts, offer, wanted, answer)


def _reply(parts: Parts, offer: Offer, wanted: Wanted, answer: dict[str, Any]) -> Reply:
    """Answer with the new order, or with what the function said of it; raises a refusal."""
    if "refusal" in answer:
        raise _refusal(answer)
    if "reply" in answer:
        body = aged(answer["reply"].encode(), float(answer["age_s"]))
        return Reply(answer["status"], body, is_replayed=True)
    parts.nudges.send(topic(offer.public_id))
    head, tail = wanted.reply
    return Reply(201, f"{head}{answer['at']}{tail}".encode())


async def _refuse_early(parts: Parts, offer: Offer, order: PricedOrder) -> None:
    """Refuse before any lock what the map already shows; a map just read is enough to let pass."""
    glimpse = parts.maps.glimpse(offer.screening_id)
    if glimpse is not None and _objection(offer, order, glimpse.seats) is None:
        return
    taken = await parts.maps.taken(offer)
    objection = _objection(offer, order, taken.seats)
    if objection is not None:
        raise objection


def _objection(offer: Offer, order: PricedOrder, taken: Container[int]) -> Problem | None:
    lost = [seat for seat in order.seats if seat in taken]
    if lost:
        return SeatTaken(seats=sorted(lost))
    lone = leaves_avoidable_gap(offer.room, taken, order.seats)
    return LoneSeat(seats=lone) if lone else None


def _decided(parts: Parts, principal: Principal, body: OrderCreate, offer: Offer) -> NewOrder:
    channel = channel_of(principal, offer.cinema_slug)
    return NewOrder(
        id=uuid7(),
        reference=new_reference(),
        channel=channel,
        buyer=None if channel == "staff" else principal.subject,
        language=body.language,
        email=body.email or own_email(principal, offer.cinema_slug),
        hold_s=hold_seconds(parts, channel, is_accessible=body.accessible_time),
        extensions=parts.settings.extensions,
    )


def _wanted(
    parts: Parts, new: NewOrder, intent: Intent, *, offer: Offer, order: PricedOrder
) -> Wanted:
    """Write an order down as place_orders reads it."""
    texts = [line_text(offer, line, new.language) for line in order.lines]
    reply = new_reply(offer, order, new, texts)
    secret = parts.settings.lookup_secret.get_secret_value().encode()
    columns = to_json(
        {
            **_columns(new, offer, order),
            "principal": intent.principal,
            "route": intent.route,
            "key": intent.key,
            "digest": intent.digest.hex(),
            "code_hash": lookup_hash(secret, new.id),
            "reply_head": reply[0],
            "reply_tail": reply[1],
        }
    )
    before = (
        f'"order_id":"{new.id}","screening":{offer.screening_id},'
        f'"layout":{offer.layout_id},"hold_s":{new.hold_s},"line_no":'
    )
    return Wanted(
        order=columns[1:].decode(),
        lines=[f"{before}{n},{text.row}" for n, text in enumerate(texts, start=1)],
        reply=reply,
        screening=offer.screening_id,
        seats=order.seats,
        hold_s=new.hold_s,
        identity=intent.identity,
        buyer=new.buyer,
    )


def _columns(new: NewOrder, offer: Offer, order: PricedOrder) -> dict[str, Any]:
    """Return what of an order is decided and priced."""
    return {
        "id": new.id,
        "reference": new.reference,
        "screening": offer.screening_id,
        "cinema": offer.cinema_id,
        "buyer": new.buyer,
        "channel": new.channel,
        "language": new.language,
        "email": new.email,
        "currency": offer.currency,
        "price_version": offer.card.version_id,
        "total_minor": order.total_minor,
        "fee_minor": order.fee_minor,
        "tax_minor": order.tax_minor,
        "seats": [line.seat.seat for line in order.lines],
        "carers_apart": order.carers_apart,
        "hold_s": new.hold_s,
        "extensions": new.extensions,
    }


def _refusal(result: dict[str, Any]) -> Problem:
    facts = {name: value for name, value in result.items() if name != "refusal"}
    return Problem.named(result["refusal"])(**facts)
