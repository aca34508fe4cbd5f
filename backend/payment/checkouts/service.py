"""Attempts: written down, opened at the provider, looked at. No call is made in a transaction."""

import time
from datetime import timedelta
from uuid import UUID

from backend.contracts.payments import AttemptState as S
from backend.contracts.payments import CheckoutOpen
from backend.contracts.problems import IdempotencyKeyReused
from backend.contracts.problems_payment import AttemptMissing, AttemptOpen
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.payment.checkouts import repository, rules, telling
from backend.payment.checkouts.learning import learn
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.requests import reference_of, session_request
from backend.payment.ledger import disputes
from backend.payment.parts import Parts
from backend.payment.refunds import importing
from backend.payment.stripe.gateway import Declined, Json, Unanswered
from backend.payment.webhooks import repository as events

_log = logger(__name__)
_LOOKS = 3
# The provider forgets keys after a day: an hour before, this one is not sent any more.
_KEY_LASTS = timedelta(hours=23)


async def note(
    parts: Parts, connection: Connection, checkout: CheckoutOpen, *, due: timedelta
) -> None:
    """Write an attempt down with its exact request; one that is there stays as it is.

    The work opens it when it is due. Raises AttemptOpen while another attempt of the order is
    open, and IdempotencyKeyReused when the attempt is known with another amount.
    """
    ends = time.time() + parts.settings.session_lasts.total_seconds()
    request = session_request(
        checkout, expires_at=int(ends), environment=parts.settings.environment
    )
    if await repository.make(connection, checkout, request, due=due):
        await events.wake(connection, reference_of(checkout), None)
        return
    try:
        known = await repository.find(connection, checkout.order_id, checkout.attempt)
    except AttemptMissing:
        raise AttemptOpen from None
    if (known.amount_minor, known.currency) != (checkout.amount_minor, checkout.currency):
        raise IdempotencyKeyReused


async def open_checkout(parts: Parts, checkout: CheckoutOpen) -> Attempt:
    """Open an attempt now, or return the one that is open; the same as the outbox's command."""
    lease = parts.settings.lease
    async with parts.database.transaction() as connection:
        await note(parts, connection, checkout, due=lease)
        await repository.lease(connection, checkout, lease)
    return await begin(parts, checkout.order_id, checkout.attempt)


async def begin(parts: Parts, order_id: UUID, number: int) -> Attempt:
    """Make the provider's page for a committed attempt; safe to call again (E3)."""
    for _ in range(_LOOKS):
        attempt = await read(parts, order_id, number)
        is_unopened = attempt.session_id is None and attempt.state in rules.UNOPENED
        if not is_unopened:
            return attempt
        session = await _create(parts, attempt)
        if session is None:
            break
        learnt = await learn(parts, attempt, session)
        if learnt is not None:
            return learnt
    return await read(parts, order_id, number)


async def sync_attempt(parts: Parts, order_id: UUID, number: int) -> Attempt:
    """Fetch what the provider knows and apply it; raises Unanswered when it does not answer."""
    for _ in range(_LOOKS):
        attempt = await begin(parts, order_id, number)
        if attempt.session_id is None:
            return attempt
        session = await parts.gateway.fetch_session(attempt.session_id)
        learnt = await learn(parts, attempt, session)
        if learnt is None:
            continue
        if not learnt.captured_minor or not (learnt.is_refunded or learnt.is_disputed):
            return learnt
        if learnt.is_refunded:
            await importing.import_all(parts, learnt)
        if learnt.is_disputed:
            await disputes.import_all(parts, learnt)
        break
    return await read(parts, order_id, number)


async def read(parts: Parts, order_id: UUID, number: int) -> Attempt:
    """Read an attempt; raises AttemptMissing."""
    async with parts.database.connection() as connection:
        return await repository.find(connection, order_id, number)


def provider_key(parts: Parts, attempt: Attempt, operation: str) -> str:
    """Return the computed key of a call: the same intent always has the same.

    Opening has one key for good. What acts on the state of a payment cannot act twice, so it gets
    the next key when the provider keeps an error of its own under the last.
    """
    key = f"mm-{parts.settings.environment}-{attempt.order_id}-{attempt.attempt}-{operation}"
    return key if operation == "open" or attempt.key_turn == 1 else f"{key}-{attempt.key_turn}"


async def _create(parts: Parts, attempt: Attempt) -> Json | None:
    """Ask for the session, with the same key and body each time; None when there is none yet."""
    if attempt.age >= _KEY_LASTS:
        return await _look_for(parts, attempt, "never answered", is_settled=True)
    try:
        return await parts.gateway.create_session(
            attempt.request, key=provider_key(parts, attempt, "open")
        )
    except Unanswered as error:
        _log.warning("opening unanswered", attempt=attempt.reference, error=str(error))
        return await _look_for(parts, attempt, str(error), is_settled=error.is_settled)
    except Declined as error:
        _log.error("opening refused", attempt=attempt.reference, code=error.code)
        await _move(parts, attempt, S.FAILED, failure=error.code)
        return None


async def _look_for(
    parts: Parts, attempt: Attempt, failure: str, *, is_settled: bool
) -> Json | None:
    """Look whether an unanswered call made a session after all.

    Its absence is proven only when asking again can bring nothing new: then the attempt failed.
    """
    if not is_settled and attempt.state is not S.UNKNOWN:
        await _move(parts, attempt, S.UNKNOWN, failure=failure)
        return None
    try:
        found = await parts.gateway.find_session(
            attempt.reference,
            since=int(attempt.made_at.timestamp()) - 60,
            until=attempt.request["expires_at"],
        )
    except (Unanswered, Declined) as error:
        _log.warning("looking for it unanswered", attempt=attempt.reference, error=str(error))
        await _move(parts, attempt, S.UNKNOWN, failure=failure)
        return None
    if found is None:
        await _move(parts, attempt, S.FAILED if is_settled else S.UNKNOWN, failure=failure)
    return found


async def _move(parts: Parts, seen: Attempt, state: S, *, failure: str) -> None:
    """Note that a call brought no session, unless the attempt moved meanwhile."""
    async with parts.database.transaction() as connection:
        attempt = await repository.lock(connection, *seen.key)
        if attempt.version != seen.version or attempt.state is state:
            return
        await repository.note_failure(connection, attempt, failure)
        moved = await repository.change(connection, attempt, state)
        if state is S.FAILED:
            await repository.end(connection, moved)
            await telling.tell(connection, moved)
