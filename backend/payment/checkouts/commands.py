"""What movies asks of an attempt: each wish is committed first, then done, then looked at."""

from uuid import UUID

from backend.contracts.messages import (
    PaymentCaptureRequested,
    PaymentClosed,
    PaymentCloseRequested,
    PaymentOpenRequested,
)
from backend.contracts.payments import AttemptState as S
from backend.contracts.problems import Problem
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.payment.checkouts import repository, rules, service
from backend.payment.checkouts.repository import Attempt
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Declined, Unanswered

_log = logger(__name__)
_NOW = "UPDATE attempt SET due_at = clock_timestamp() WHERE order_id = %s AND attempt = %s"


async def on_open(parts: Parts, connection: Connection, message: PaymentOpenRequested) -> None:
    """The twin of the direct command: write the attempt down, the work opens it."""
    await service.note(parts, connection, message.checkout)
    await connection.execute(
        _NOW + " AND state IN ('CREATED', 'UNKNOWN') AND made_at < clock_timestamp() - %s",
        (message.order_id, message.checkout.attempt, parts.settings.look_first),
    )


async def on_capture(connection: Connection, message: PaymentCaptureRequested) -> None:
    """The seats are SOLD: an authorised attempt becomes CAPTURING, and the work captures it."""
    attempt = await repository.lock(connection, message.order_id, message.attempt)
    if attempt.state is S.AUTHORISED:
        await repository.change(connection, attempt, S.CAPTURING)
        await connection.execute(_NOW, (attempt.order_id, attempt.attempt))


async def on_close(connection: Connection, message: PaymentCloseRequested) -> None:
    """End an attempt; a close that overtakes its open is refused, and so tried again after it."""
    attempt = await repository.lock(connection, message.order_id, message.attempt)
    if attempt.state in rules.ENDED:
        await _tell_again(connection, attempt)
        return
    await connection.execute(
        "UPDATE attempt SET wants_close = coalesce(wants_close, %s), due_at = clock_timestamp()"
        " WHERE order_id = %s AND attempt = %s",
        (message.reason, attempt.order_id, attempt.attempt),
    )


async def _tell_again(connection: Connection, attempt: Attempt) -> None:
    """Movies asks about an attempt that is over: say so again, with a version of its own."""
    if attempt.state is S.CANCELED:
        told = await repository.change(connection, attempt, S.CANCELED)
        await outbox.put(
            connection,
            PaymentClosed(
                order_id=told.order_id,
                attempt=told.attempt,
                attempt_version=told.version,
                reason=told.wants_close or "deadline",
            ),
            version=told.version,
        )


async def work(parts: Parts) -> int:
    """Do what is due for attempts; return how many were."""
    settings = parts.settings
    lease = settings.provider_answers_within * 3
    async with parts.database.transaction() as connection:
        due = await repository.take_due(connection, lease)
    for attempt in due:
        try:
            done = await _advance(parts, attempt)
        except (Unanswered, Declined, Problem) as error:
            _log.warning("attempt waits", attempt=attempt.reference, error=repr(error))
            done = attempt
        if done.state not in rules.ENDED:
            pause = min(settings.look_first * 1.5 ** min(done.looks, 20), settings.look_last)
            async with parts.database.connection() as connection:
                await repository.look_again(connection, done, pause)
    return len(due)


async def _advance(parts: Parts, attempt: Attempt) -> Attempt:
    """Take the attempt one step towards what is wanted, then look."""
    if attempt.session_id is None:
        await service.begin(parts, attempt.order_id, attempt.attempt)
        return await _read(parts, attempt.order_id, attempt.attempt)
    try:
        if attempt.state is S.CAPTURING:
            await parts.gateway.capture(
                attempt.intent_id,
                attempt.amount_minor,
                key=service.provider_key(parts, attempt, "capture"),
            )
        elif attempt.wants_close is not None and attempt.state is S.AUTHORISED:
            await parts.gateway.cancel(
                attempt.intent_id, key=service.provider_key(parts, attempt, "cancel")
            )
        elif attempt.wants_close is not None:
            await parts.gateway.expire_session(
                attempt.session_id, key=service.provider_key(parts, attempt, "expire")
            )
    except Declined as error:
        # Refused because it moved on meanwhile: what the fetch shows is what counts.
        _log.info("step refused", attempt=attempt.reference, code=error.code)
    before = attempt.state
    after = await service.sync_attempt(parts, attempt.order_id, attempt.attempt)
    is_voidable = after.wants_close is not None and after.state is S.AUTHORISED
    if is_voidable and before is not S.AUTHORISED:
        return await _advance(parts, after)
    return after


async def _read(parts: Parts, order_id: UUID, number: int) -> Attempt:
    async with parts.database.connection() as connection:
        return await repository.find(connection, order_id, number)
