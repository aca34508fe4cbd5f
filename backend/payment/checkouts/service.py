"""Attempts: opened, looked at, captured, closed. Calls never happen inside a transaction.

`sync_attempt` is the only way by which the provider's state becomes ours: webhooks, return pages,
the poller and every command end in it.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from backend.contracts.messages import (
    Message,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentClosed,
    PaymentFailed,
    PaymentOpened,
    PaymentReview,
)
from backend.contracts.payments import AttemptState as S
from backend.contracts.payments import CheckoutOpen, CheckoutRead
from backend.contracts.problems_payment import AttemptOpen
from backend.kit.database import Connection
from backend.kit.logs import logger
from backend.kit.messaging import outbox
from backend.payment.checkouts import repository, rules
from backend.payment.checkouts.repository import Attempt, checkout_read
from backend.payment.checkouts.requests import session_request
from backend.payment.checkouts.rules import Facts, Wanted
from backend.payment.ledger import repository as ledger
from backend.payment.parts import Parts
from backend.payment.refunds import service as refunds
from backend.payment.stripe.gateway import Declined, Json, Unanswered

_log = logger(__name__)
_LOOKS = 3


async def note(parts: Parts, connection: Connection, checkout: CheckoutOpen) -> None:
    """Write an attempt down with its exact request; one that is there stays as it is."""
    request = session_request(checkout, parts.settings.session_lasts)
    try:
        async with connection.transaction():
            await repository.make(connection, checkout, request)
    except UniqueViolation:
        raise AttemptOpen from None


async def open_checkout(parts: Parts, checkout: CheckoutOpen) -> CheckoutRead:
    """Open an attempt, or return the one that is open; the same as the outbox's command."""
    async with parts.database.transaction() as connection:
        await note(parts, connection, checkout)
    return await begin(parts, checkout.order_id, checkout.attempt)


async def begin(parts: Parts, order_id: UUID, number: int) -> CheckoutRead:
    """Make the provider's page for a committed attempt; safe to call again (E3)."""
    async with parts.database.connection() as connection:
        attempt = await repository.find(connection, order_id, number)
    if attempt.session_id is None and attempt.state in {S.CREATED, S.UNKNOWN}:
        session = await _create(parts, attempt)
        if session is not None:
            return checkout_read(await _learn(parts, attempt, session))
        async with parts.database.connection() as connection:
            attempt = await repository.find(connection, order_id, number)
    return checkout_read(attempt)


async def _create(parts: Parts, attempt: Attempt) -> Json | None:
    try:
        return await parts.gateway.create_session(
            attempt.request, key=provider_key(parts, attempt, "open")
        )
    except Unanswered as error:
        _log.warning("opening unanswered", attempt=attempt.reference, error=str(error))
        found = await _look_for(parts, attempt)
        if found is None:
            await _move(parts, attempt, S.UNKNOWN, failure=str(error))
        return found
    except Declined as error:
        _log.error("opening refused", attempt=attempt.reference, code=error.code)
        await _move(parts, attempt, S.FAILED, failure=error.code)
        return None


async def _look_for(parts: Parts, attempt: Attempt) -> Json | None:
    """Look whether an unanswered create made a session after all."""
    if attempt.state is not S.UNKNOWN:
        return None
    since = int(attempt.made_at.timestamp()) - 60
    try:
        return await parts.gateway.find_session(attempt.reference, since)
    except (Unanswered, Declined):
        return None


async def _move(parts: Parts, attempt: Attempt, state: S, *, failure: str) -> None:
    async with parts.database.transaction() as connection:
        locked = await repository.lock(connection, attempt.order_id, attempt.attempt)
        if locked.state not in {S.CREATED, S.UNKNOWN} or locked.state is state:
            return
        await connection.execute(
            "UPDATE attempt SET failure = %s WHERE order_id = %s AND attempt = %s",
            (failure[:200], attempt.order_id, attempt.attempt),
        )
        moved = await repository.change(connection, locked, state)
        if state is S.FAILED:
            await _tell(connection, moved, Facts(S.FAILED, "", failure=failure))
            await repository.look_again(connection, moved, None)
    parts.relay.wake()


async def sync_attempt(parts: Parts, order_id: UUID, number: int) -> Attempt:
    """Fetch what the provider knows and apply it; raises Unanswered when it does not answer."""
    for _ in range(_LOOKS):
        async with parts.database.connection() as connection:
            attempt = await repository.find(connection, order_id, number)
        if attempt.session_id is None:
            await begin(parts, order_id, number)
            async with parts.database.connection() as connection:
                return await repository.find(connection, order_id, number)
        session = await parts.gateway.fetch_session(attempt.session_id)
        learnt = await _learn(parts, attempt, session)
        if learnt.version != attempt.version or learnt.row == attempt.row:
            break
    if learnt.captured_minor:
        await refunds.import_all(parts, learnt)
    return learnt


async def _learn(parts: Parts, seen: Attempt, session: Json) -> Attempt:
    """Apply a fetched session under the attempt's lock, unless the attempt moved meanwhile."""
    facts = rules.read(session, _wanted(parts, seen))
    async with parts.database.transaction() as connection:
        attempt = await repository.lock(connection, seen.order_id, seen.attempt)
        if attempt.version != seen.version:
            return attempt
        learnt = await _apply(connection, attempt, facts)
    parts.relay.wake()
    return learnt


def _wanted(parts: Parts, attempt: Attempt) -> Wanted:
    is_live = parts.settings.stripe_key.get_secret_value().startswith("sk_live")
    return Wanted(attempt.reference, attempt.amount_minor, attempt.currency, is_live)


async def _apply(connection: Connection, attempt: Attempt, facts: Facts) -> Attempt:
    fetch_id = await repository.store_fetch(connection, attempt, asdict(facts))
    if facts.differs is not None:
        return await _review(connection, attempt, facts, fetch_id)
    await connection.execute(
        "UPDATE attempt SET session_id = %s, intent_id = coalesce(%s, intent_id),"
        " charge_id = coalesce(%s, charge_id), url = coalesce(%s, url),"
        " failure = coalesce(%s, failure), is_disputed = is_disputed OR %s,"
        " captured_minor = greatest(captured_minor, %s)"
        " WHERE order_id = %s AND attempt = %s",
        (
            facts.session_id,
            facts.intent_id,
            facts.charge_id,
            facts.url,
            facts.failure,
            facts.is_disputed,
            facts.captured_minor,
            attempt.order_id,
            attempt.attempt,
        ),
    )
    state = rules.advanced(attempt.state, facts.state)
    if state is not attempt.state:
        attempt = await repository.change(connection, attempt, state, fetch_id=fetch_id)
        await _tell(connection, attempt, facts)
    if state is S.CAPTURED:
        await ledger.book_capture(connection, attempt, facts.provider_fee_minor)
    if state in rules.ENDED:
        await repository.look_again(connection, attempt, None)
    return await repository.find(connection, attempt.order_id, attempt.attempt)


async def _review(connection: Connection, attempt: Attempt, facts: Facts, fetch_id: int) -> Attempt:
    """E12: never believe figures that are not ours; a person must look."""
    if attempt.review is None:
        _log.error("payment differs", attempt=attempt.reference, what=facts.differs)
        await connection.execute(
            "UPDATE attempt SET review = %s, due_at = NULL WHERE order_id = %s AND attempt = %s",
            (facts.differs, attempt.order_id, attempt.attempt),
        )
        attempt = await repository.change(connection, attempt, attempt.state, fetch_id=fetch_id)
        await outbox.put(
            connection,
            PaymentReview(**_head(attempt), reason=f"the provider's {facts.differs} differs"),
            version=attempt.version,
        )
    return attempt


async def _tell(connection: Connection, attempt: Attempt, facts: Facts) -> None:
    """Put the news of a change into the outbox."""
    head = _head(attempt)
    message: Message | None = None
    match attempt.state:
        case S.AT_PROVIDER:
            message = PaymentOpened(**head, url=facts.url or "") if facts.url else None
        case S.AUTHORISED:
            message = PaymentAuthorised(**head, amount_minor=attempt.amount_minor)
        case S.CAPTURED:
            message = PaymentCaptured(
                **head, amount_minor=facts.captured_minor, captured_at=datetime.now(UTC)
            )
        case S.CANCELED:
            message = PaymentClosed(**head, reason=attempt.wants_close or "deadline")
        case S.FAILED:
            message = PaymentFailed(**head, failure=facts.failure or "refused")
        case S.CREATED | S.CAPTURING | S.UNKNOWN:
            message = None
    if message is not None:
        await outbox.put(connection, message, version=attempt.version)


def _head(attempt: Attempt) -> dict[str, object]:
    return {
        "order_id": attempt.order_id,
        "attempt": attempt.attempt,
        "attempt_version": attempt.version,
    }


def provider_key(parts: Parts, attempt: Attempt, operation: str) -> str:
    """Return the computed key of a call: the same intent always has the same."""
    return f"mm-{parts.settings.environment}-{attempt.order_id}-{attempt.attempt}-{operation}"
