"""The work on attempts: whatever is due is taken one step further, then looked at.

It is the poll of open attempts as well, so that a lost webhook costs seconds and nothing else.
"""

import asyncio

from backend.kit.logs import logger
from backend.payment.checkouts import repository, rules, service
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.rules import Step
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Declined, Unanswered

_log = logger(__name__)
_STEPS = 3


async def work(parts: Parts) -> int:
    """Do what is due for attempts; return how many were."""
    async with parts.database.connection() as connection:
        due = await repository.take_due(connection, parts.settings.lease)
    await asyncio.gather(*(_serve(parts, attempt) for attempt in due))
    return len(due)


async def _serve(parts: Parts, taken: Attempt) -> None:
    try:
        await advance(parts, taken)
    except Exception as error:  # noqa: BLE001 -- the guard of the work: one must not stop the others
        _log.warning("attempt waits", attempt=taken.reference, error=repr(error))
    settings = parts.settings
    pause = min(settings.look_first * 1.5 ** min(taken.looks, 20), settings.look_last)
    async with parts.database.connection() as connection:
        await repository.look_again(connection, taken, pause)


async def advance(parts: Parts, attempt: Attempt) -> Attempt:
    """Take an attempt towards what is wanted of it, for as long as each look shows a new step."""
    attempt = await service.begin(parts, *attempt.key)
    done = Step.LOOK
    for _ in range(_STEPS):
        step = rules.next_step(attempt.state, attempt.wants_close)
        await _take(parts, attempt, step)
        attempt = await service.sync_attempt(parts, *attempt.key)
        done, step = step, rules.next_step(attempt.state, attempt.wants_close)
        if step in {Step.LOOK, done}:
            break
    return attempt


async def _take(parts: Parts, attempt: Attempt, step: Step) -> None:
    """Make a step's call. Whatever comes of it, the fetch that follows is what counts."""
    gateway, key = parts.gateway, service.provider_key(parts, attempt, str(step))
    try:
        if step is Step.EXPIRE and attempt.session_id is not None:
            await gateway.expire_session(attempt.session_id, key=key)
        elif step is Step.VOID and attempt.intent_id is not None:
            await gateway.cancel(attempt.intent_id, key=key)
        elif step is Step.CAPTURE and attempt.intent_id is not None:
            await gateway.capture(attempt.intent_id, attempt.amount_minor, key=key)
    except (Declined, Unanswered) as error:
        _log.info("step brought nothing", attempt=attempt.reference, step=step, error=str(error))
        if isinstance(error, Unanswered) and error.is_settled:
            async with parts.database.connection() as connection:
                await repository.turn_key(connection, attempt)
