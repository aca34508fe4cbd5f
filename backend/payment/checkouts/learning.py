"""What a fetched session changes: stored, applied and told in one transaction.

Nothing else lets the provider's state become ours: webhooks, return pages, the poll, every
command and the reconciliation end here.
"""

from dataclasses import asdict

from backend.contracts.payments import AttemptState as S
from backend.kit.database import Connection, retrying
from backend.kit.logs import logger
from backend.payment.checkouts import repository, rules, telling
from backend.payment.checkouts.repository import Attempt
from backend.payment.checkouts.rules import Facts, Wanted
from backend.payment.ledger import repository as ledger
from backend.payment.parts import Parts
from backend.payment.stripe.gateway import Json
from backend.payment.webhooks import repository as events

_log = logger(__name__)


async def learn(parts: Parts, seen: Attempt, session: Json) -> Attempt | None:
    """Apply a session fetched for an attempt as it was seen; None when it moved meanwhile."""
    facts = rules.read(session, wanted(parts, seen))

    async def once() -> Attempt | None:
        async with parts.database.transaction() as connection:
            attempt = await repository.lock(connection, *seen.key)
            if attempt.version != seen.version:
                return None
            learnt = await _apply(connection, attempt, facts)
            is_opened = attempt.session_id is None and learnt.state is S.AT_PROVIDER
            if is_opened and learnt.review is None:
                await repository.look_in(connection, learnt, parts.settings.look_first)
            return learnt

    return await retrying(once)


def wanted(parts: Parts, attempt: Attempt) -> Wanted:
    """Return what the provider must show for an attempt."""
    return Wanted(
        reference=attempt.reference,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        is_live=parts.settings.is_live,
        metadata=attempt.request["metadata"],
    )


async def _apply(connection: Connection, attempt: Attempt, facts: Facts) -> Attempt:
    fetch_id = await repository.store_fetch(connection, attempt, asdict(facts))
    # A stray was asked for by nobody, so it cannot differ from what was asked for.
    is_judged = attempt.state not in rules.ENDED and not attempt.is_stray
    if facts.differs is not None and is_judged:
        return await _review(connection, attempt, facts, fetch_id)
    await repository.note_facts(connection, attempt, asdict(facts))
    if attempt.session_id is None:
        await events.wake(connection, attempt.reference, facts.session_id)
    is_voided = attempt.wants_close == "void"
    state = rules.advanced(attempt.state, facts.state, is_voided=is_voided)
    if state is not attempt.state:
        await _move(connection, attempt, state, facts=facts, fetch_id=fetch_id)
    if state is S.CAPTURED:
        await ledger.book_capture(connection, attempt, facts.captured_minor)
        if facts.provider_fee_minor is not None:
            await ledger.book_fee(connection, attempt, facts.provider_fee_minor)
    return await repository.find(connection, *attempt.key)


async def _move(
    connection: Connection, attempt: Attempt, state: S, *, facts: Facts, fetch_id: int
) -> None:
    if state is S.CAPTURED:
        await repository.note_capture(connection, attempt, facts.captured_minor)
    if state in rules.ENDED:
        await repository.end(connection, attempt)
    moved = await repository.change(connection, attempt, state, fetch_id=fetch_id)
    await telling.tell(connection, moved)


async def _review(connection: Connection, attempt: Attempt, facts: Facts, fetch_id: int) -> Attempt:
    """E12: never believe figures that are not ours; a person must look."""
    if attempt.review is not None or facts.differs is None:
        return attempt
    _log.error("payment differs", attempt=attempt.reference, what=facts.differs)
    await repository.note_review(connection, attempt, facts.differs, asdict(facts))
    reviewed = await repository.change(connection, attempt, attempt.state, fetch_id=fetch_id)
    await telling.tell_review(connection, reviewed)
    return reviewed
