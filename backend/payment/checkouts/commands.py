"""What movies asks of an attempt: each wish is committed, then the work does it."""

from datetime import timedelta

from backend.contracts.messages import (
    PaymentCaptureRequested,
    PaymentCloseRequested,
    PaymentOpenRequested,
)
from backend.contracts.payments import AttemptState as S
from backend.kit.database import Connection
from backend.kit.messaging.inbox import Poison
from backend.payment.checkouts import repository, rules, service, telling
from backend.payment.checkouts.repository import Attempt
from backend.payment.parts import Parts


async def on_open(parts: Parts, connection: Connection, message: PaymentOpenRequested) -> None:
    """The twin of the direct command, which is given a moment to be the first."""
    await service.note(parts, connection, message.checkout, due=parts.settings.look_first)


async def on_capture(connection: Connection, message: PaymentCaptureRequested) -> None:
    """The seats are SOLD: an authorised attempt becomes CAPTURING, and the work captures it."""
    attempt = await repository.lock(connection, message.order_id, message.attempt)
    if message.amount_minor != attempt.amount_minor:
        reason = f"asked to capture {message.amount_minor} of {attempt.amount_minor}"
        raise Poison(reason)
    if attempt.state is S.AUTHORISED:
        moved = await repository.change(connection, attempt, S.CAPTURING)
        await repository.look_in(connection, moved, timedelta(0))
    else:
        await _answer(connection, attempt)


async def on_close(connection: Connection, message: PaymentCloseRequested) -> None:
    """End an attempt; a close that overtakes its open is refused, and so tried again after it."""
    attempt = await repository.lock(connection, message.order_id, message.attempt)
    if attempt.state in rules.ENDED:
        await _answer(connection, attempt)
    else:
        await repository.want_close(connection, attempt, message.reason)


async def _answer(connection: Connection, attempt: Attempt) -> None:
    """Movies acts on an attempt that ended without money: it must hear so, even twice."""
    if attempt.state in {S.CANCELED, S.FAILED}:
        await telling.tell_again(connection, attempt)
