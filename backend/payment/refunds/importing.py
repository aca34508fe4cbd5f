"""Refunds are learnt by fetching all of a charge's, whatever event told of one (E14)."""

from typing import Any

from backend.contracts.messages import PaymentRefunded, PaymentRefundFailed
from backend.kit.database import Connection
from backend.kit.messaging import outbox
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.telling import head
from backend.payment.ledger import repository as ledger
from backend.payment.parts import Parts
from backend.payment.refunds import repository, rules
from backend.payment.refunds.repository import Refund
from backend.payment.stripe.gateway import Json


async def import_all(parts: Parts, attempt: Attempt) -> None:
    """Fetch every refund of a captured attempt and apply what is new; raises Unanswered."""
    if attempt.intent_id is None:
        return
    fetched = await parts.gateway.fetch_refunds(attempt.intent_id)
    if not fetched:
        return
    async with parts.database.transaction() as connection:
        locked = await attempts.lock(connection, *attempt.key)
        # The oldest first, so that each message tells the sum as it was then.
        for one in reversed(fetched):
            locked = await _apply(connection, locked, one)


async def _apply(connection: Connection, attempt: Attempt, one: Json) -> Attempt:
    provider_id, amount = one["id"], one["amount"]
    ours = (one.get("metadata") or {}).get("refund")
    known = await repository.find_shown(connection, attempt, provider_id, ours)
    if known is None:
        known = await repository.adopt(connection, attempt, provider_id, amount)
    state = rules.advanced(known.state, rules.shown(one["status"]))
    if state == known.state:
        return attempt
    failure = one.get("failure_reason") or one["status"] if state == "FAILED" else None
    await repository.move(connection, known, state, provider_id=provider_id, failure=failure)
    if state == "SUCCEEDED":
        await ledger.book_refund(connection, attempt, provider_id, amount)
        fee = _fee(one)
        await ledger.book_refund_fee(connection, attempt, provider_id, fee)
    elif known.state == "SUCCEEDED":
        await ledger.unbook_refund(connection, attempt, provider_id, amount)
    total = await repository.sum_up(connection, attempt)
    if state == "SUCCEEDED":
        return await _tell_refunded(connection, attempt, known, total_minor=total)
    if failure is not None:
        return await tell_failed(connection, attempt, known, failure)
    return attempt


def _fee(one: Json) -> int:
    balance: Any = one.get("balance_transaction")
    return int(balance.get("fee") or 0) if isinstance(balance, dict) else 0


async def _tell_refunded(
    connection: Connection, attempt: Attempt, refund: Refund, *, total_minor: int
) -> Attempt:
    if attempt.is_stray:
        return attempt
    told = await attempts.change(connection, attempt, attempt.state)
    message = PaymentRefunded(
        **head(told),
        refund_id=refund.id,
        amount_minor=refund.amount_minor,
        refunded_total_minor=total_minor,
        origin=refund.origin,
    )
    await outbox.put(connection, message, version=told.version)
    return told


async def tell_failed(
    connection: Connection, attempt: Attempt, refund: Refund, failure: str
) -> Attempt:
    """Tell that a refund's money did not arrive (E17)."""
    if attempt.is_stray:
        return attempt
    told = await attempts.change(connection, attempt, attempt.state)
    message = PaymentRefundFailed(**head(told), refund_id=refund.id, failure=failure)
    await outbox.put(connection, message, version=told.version)
    return told
