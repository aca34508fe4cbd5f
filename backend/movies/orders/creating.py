"""A new order: priced here, refused early where that is plain, placed by one statement."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from backend.contracts.orders import OrderCreate
from backend.contracts.permissions import Role
from backend.contracts.problems import Denied, Problem, Unavailable
from backend.contracts.problems_orders import LoneSeat, SeatTaken
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply, aged
from backend.kit.lookup import code_hash, lookup_code
from backend.kit.tokens.principal import Principal
from backend.movies.orders.offers import Offer
from backend.movies.orders.placing import Wanted
from backend.movies.orders.pricing import PricedOrder, priced
from backend.movies.orders.reference import new_reference
from backend.movies.orders.rendering import line_text, new_order
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
            new = _new(parts, principal, body, offer=offer, order=order)
            answer = await parts.placing.place(_wanted(new, intent, offer, order))
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
    return _reply(parts, offer, new, answer)


def _reply(parts: Parts, offer: Offer, new: "_New", answer: dict[str, Any]) -> Reply:
    """Answer with the new order, or with what the function said of it; raises a refusal."""
    if "refusal" in answer:
        raise _refusal(answer)
    if "reply" in answer:
        body = aged(answer["reply"].encode(), float(answer["age_s"]))
        return Reply(answer["status"], body, is_replayed=True)
    parts.nudges.send(topic(offer.public_id))
    head, tail = new.reply
    return Reply(201, f"{head}{answer['at']}{tail}".encode())


async def _refuse_early(parts: Parts, offer: Offer, order: PricedOrder) -> None:
    """Refuse before any lock what the map already shows; a map just read is enough to let pass."""
    glimpse = parts.maps.glimpse(offer.screening_id)
    if glimpse is not None and _objection(offer, order, glimpse.seats) is None:
        return
    taken = await parts.maps.taken(offer.screening_id)
    objection = _objection(offer, order, taken.seats)
    if objection is not None:
        raise objection


def _objection(offer: Offer, order: PricedOrder, taken: frozenset[int]) -> Problem | None:
    lost = order.seats & taken
    if lost:
        return SeatTaken(seats=sorted(lost))
    lone = leaves_avoidable_gap(offer.room, taken, order.seats)
    return LoneSeat(seats=lone) if lone else None


@dataclass(frozen=True, slots=True)
class _New:
    """What is decided of an order before it is placed."""

    order_id: UUID
    columns: dict[str, Any]
    hold_s: int
    language: str
    reply: tuple[str, str]


def _new(
    parts: Parts, principal: Principal, body: OrderCreate, *, offer: Offer, order: PricedOrder
) -> _New:
    order_id, reference = uuid7(), new_reference()
    channel = channel_of(principal, offer.cinema_slug)
    hold_s = hold_seconds(parts, channel, is_accessible=body.accessible_time)
    email = body.email or own_email(principal, offer.cinema_slug)
    extensions = parts.settings.extensions
    secret = parts.settings.lookup_secret.get_secret_value().encode()
    columns = {
        "reference": reference,
        "cinema": offer.cinema_id,
        "buyer": None if channel == "staff" else principal.subject,
        "channel": channel,
        "language": body.language,
        "email": email,
        "extensions": extensions,
        "code_hash": code_hash(lookup_code(secret, order_id)),
    }
    reply = new_order(
        offer,
        order,
        order_id=order_id,
        reference=reference,
        language=body.language,
        email=email,
        hold_s=hold_s,
        extensions=extensions,
    )
    return _New(order_id, columns, hold_s, body.language, reply)


def _wanted(new: _New, intent: Intent, offer: Offer, order: PricedOrder) -> Wanted:
    """Write an order down as place_orders reads it."""
    seats = order.seats
    head, tail = new.reply
    columns = to_json(
        {
            **new.columns,
            "principal": intent.principal,
            "route": intent.route,
            "key": intent.key,
            "digest": intent.digest.hex(),
            "currency": offer.currency,
            "price_version": offer.card.version_id,
            "total_minor": order.total_minor,
            "fee_minor": order.fee_minor,
            "tax_minor": order.tax_minor,
            "seats": [line.seat.seat for line in order.lines],
            "carers_apart": order.carers_apart,
            "reply_head": head,
            "reply_tail": tail,
            "id": new.order_id,
            "screening": offer.screening_id,
            "hold_s": new.hold_s,
        }
    )
    before = (
        f'"order_id":"{new.order_id}","screening":{offer.screening_id},'
        f'"layout":{offer.layout_id},"hold_s":{new.hold_s},"line_no":'
    )
    return Wanted(
        order=columns[1:].decode(),
        lines=tuple(
            f"{before}{line.line_no},{line_text(offer, line, new.language).row}"
            for line in order.lines
        ),
        screening=offer.screening_id,
        seats=seats,
        hold_s=new.hold_s,
        identity=intent.identity,
        marks=frozenset(
            (new.columns["buyer"], intent.identity, *((offer.screening_id, seat) for seat in seats))
        )
        - {None},
    )


def _refusal(result: dict[str, Any]) -> Problem:
    facts = {name: value for name, value in result.items() if name != "refusal"}
    return Problem.named(result["refusal"])(**facts)
