"""Refunds that movies asks for: written down, asked of the provider, then learnt by fetching."""

import asyncio

from backend.contracts.messages import PaymentRefundRequested
from backend.contracts.payments import AttemptState
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts.repository import Attempt
from backend.payment.parts import Parts
from backend.payment.refunds import importing, repository
from backend.payment.refunds.repository import Refund
from backend.payment.stripe.gateway import Declined, Unanswered

_log = logger(__name__)


async def on_requested(connection: Connection, message: PaymentRefundRequested) -> None:
    """Write a refund down; the work asks the provider."""
    await repository.request(
        connection,
        message.refund_id,
        of=(message.order_id, message.attempt),
        amount_minor=message.amount_minor,
        reason=message.reason,
    )


async def work(parts: Parts) -> int:
    """Ask for the refunds that are due, and look at those that are pending."""
    async with parts.database.connection() as connection:
        due = await repository.take_due(connection, parts.settings.lease)
    await asyncio.gather(*(_serve(parts, refund) for refund in due))
    return len(due)


async def _serve(parts: Parts, taken: Refund) -> None:
    try:
        await _advance(parts, taken)
    except Exception as error:  # noqa: BLE001 -- the guard of the work: one must not stop the others
        _log.warning("refund waits", refund=str(taken.id), error=repr(error))
    settings = parts.settings
    pause = min(settings.look_first * 1.5 ** min(taken.tries, 20), settings.look_last)
    async with parts.database.connection() as connection:
        await repository.look_again(connection, taken, pause)


async def _advance(parts: Parts, refund: Refund) -> None:
    """Ask for a refund unless the provider has it, then learn what became of it."""
    async with parts.database.connection() as connection:
        attempt = await attempts.find(connection, refund.order_id, refund.attempt)
    refusal = _refusal(attempt)
    if refund.state == "REQUESTED" and refusal is not None:
        await _fail(parts, refund, refusal)
        return
    if refund.tries > 1:
        # The first call's answer may be lost for longer than the provider keeps its key.
        await importing.import_all(parts, attempt)
        async with parts.database.connection() as connection:
            refund = await repository.find(connection, refund.id)
    declined = None
    if refund.state == "REQUESTED" and attempt.intent_id is not None:
        declined = await _ask(parts, attempt.intent_id, refund)
    await importing.import_all(parts, attempt)
    if declined is not None:
        await _fail(parts, refund, declined)


def _refusal(attempt: Attempt) -> str | None:
    """Say why the provider need not be asked: no money was taken, or it is disputed (E18)."""
    if attempt.is_disputed:
        return "charge_disputed"
    return None if attempt.state is AttemptState.CAPTURED else "not_captured"


async def _ask(parts: Parts, intent_id: str, refund: Refund) -> str | None:
    """Ask for a refund; return the provider's reason when it refuses."""
    try:
        await parts.gateway.refund(
            intent_id,
            refund.amount_minor,
            metadata={"refund": str(refund.id)},
            key=_key(parts, refund),
        )
    except Declined as error:
        return error.code
    except Unanswered as error:
        _log.warning("refund unanswered", refund=str(refund.id), error=str(error))
        if error.is_settled:
            # Before the next call all refunds are read: had this one been made, it would be there.
            async with parts.database.connection() as connection:
                await repository.turn_key(connection, refund)
    return None


def _key(parts: Parts, refund: Refund) -> str:
    key = f"mm-{parts.settings.environment}-{refund.id}-refund"
    return key if refund.key_turn == 1 else f"{key}-{refund.key_turn}"


async def _fail(parts: Parts, refund: Refund, failure: str) -> None:
    """End a refund that the provider does not have."""
    _log.error("refund refused", refund=str(refund.id), failure=failure)
    async with parts.database.transaction() as connection:
        locked = await attempts.lock(connection, refund.order_id, refund.attempt)
        if await repository.move(connection, refund, "FAILED", failure=failure):
            await importing.tell_failed(connection, locked, refund, failure)
