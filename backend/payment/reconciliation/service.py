"""The checks of payment: what does not end, what differs, and what only the provider knows of.

Each repairs what a fetch or a message can repair; what is left is a difference for a person.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from backend.contracts.payments import AttemptState
from backend.kit.differences import Check, Findings
from backend.kit.logs import logger
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import rules, telling
from backend.payment.checkouts import service as checkouts
from backend.payment.checkouts.learning import wanted
from backend.payment.checkouts.repository import Attempt
from backend.payment.figures import Figures
from backend.payment.ledger import repository as ledger
from backend.payment.parts import Parts
from backend.payment.reconciliation import matching, repository, strays, undelivered
from backend.payment.reconciliation.books import Books
from backend.payment.reconciliation.horizon import Horizon
from backend.payment.stripe.gateway import Declined, Unanswered

_log = logger(__name__)
_AT_ONCE = 8


def checks(parts: Parts, figures: Figures) -> Mapping[str, Check]:
    """Return the checks by the kind of difference that each one finds.

    Events come first, since what they tell is learnt by the time the others look.
    """
    return {
        "event": partial(undelivered.fetch, parts, figures, Horizon()),
        "attempt": partial(unended, parts),
        "authorisation": partial(reserved, parts),
        "unmatched": partial(matching.match, parts, Horizon()),
        "stray": partial(strays.hold, parts),
        repository.MONEY: partial(money, parts),
        "movement": Books(parts, figures).compare,
    }


async def unended(parts: Parts) -> Findings:
    """(a) Look at every attempt that has not ended; one still open after a while is wrong."""
    async with parts.database.connection() as connection:
        every = await attempts.find_open(connection, parts.settings.reconcile_after)
    slots = asyncio.Semaphore(_AT_ONCE)
    looked = await asyncio.gather(*(_look(parts, attempt, slots) for attempt in every))
    return Findings(
        {
            attempt.reference: {"state": attempt.state, "review": attempt.review}
            for attempt in looked
            if attempt.state not in rules.ENDED and attempt.age >= parts.settings.alarm_after
        }
    )


async def _look(parts: Parts, attempt: Attempt, slots: asyncio.Semaphore) -> Attempt:
    async with slots:
        try:
            return await checkouts.sync_attempt(parts, *attempt.key)
        except (Unanswered, Declined) as error:
            _log.warning("attempt not seen", attempt=attempt.reference, error=str(error))
            return attempt


async def reserved(parts: Parts) -> Findings:
    """(e) Ask movies again about reservations that nobody took or let go.

    Only movies knows whether the order still waits: it hears once more that the money is reserved,
    and asks for it to be captured or closed.
    """
    async with parts.database.connection() as connection:
        lying = await repository.reserved_since(connection, parts.settings.alarm_after)
    for attempt, _ in lying:
        if attempt.review is None and not attempt.is_stray:
            await _tell_again(parts, attempt)
    return Findings(
        {
            attempt.reference: {"state": attempt.state, "since": since.isoformat()}
            for attempt, since in lying
        }
    )


async def _tell_again(parts: Parts, attempt: Attempt) -> None:
    async with parts.database.transaction() as connection:
        locked = await attempts.lock(connection, *attempt.key)
        if locked.state is AttemptState.AUTHORISED:
            await telling.tell_again(connection, locked)


async def money(parts: Parts) -> Findings:
    """(c) Compare, per order, what the provider took less what it gave back with the ledger.

    The list of its charges tells where to look; each suspect is then looked at by itself.
    """
    charged = await _charged(parts)
    async with parts.database.connection() as connection:
        orders = await repository.suspects(connection, charged)
    wrong, among = {}, set()
    for order_id in orders:
        try:
            figures = await _compare(parts, order_id)
        except (Unanswered, Declined) as error:
            _log.warning("money not compared", order_id=str(order_id), error=str(error))
            continue
        among.add(str(order_id))
        if figures["provider_minor"] != figures["ledger_minor"]:
            wrong[str(order_id)] = figures
    return Findings(wrong, frozenset(among))


async def _charged(parts: Parts) -> dict[str, int]:
    """Return what the provider holds of each intent that was charged lately."""
    since = datetime.now(UTC) - repository.WINDOW
    held: Counter[str] = Counter()
    for charge in await parts.gateway.fetch_made("charges", since=int(since.timestamp())):
        # A reservation that was let go shows as a refund of money that was never taken.
        if charge["captured"] and charge["payment_intent"]:
            held[charge["payment_intent"]] += charge["amount_captured"] - charge["amount_refunded"]
    return dict(held)


async def _compare(parts: Parts, order_id: UUID) -> dict[str, int]:
    async with parts.database.connection() as connection:
        of_order = await repository.attempts_of(connection, order_id)
    figures = await _figures(parts, order_id, of_order)
    if figures["provider_minor"] != figures["ledger_minor"]:
        # A lost webhook, most likely: learn what happened, then compare again.
        for attempt in of_order:
            await checkouts.sync_attempt(parts, *attempt.key)
        figures = await _figures(parts, order_id, of_order)
    return figures


async def _figures(parts: Parts, order_id: UUID, of_order: list[Attempt]) -> dict[str, int]:
    provider = sum([await _provider_minor(parts, attempt) for attempt in of_order])
    async with parts.database.connection() as connection:
        booked = await ledger.balance(connection, order_id)
    return {"provider_minor": provider, "ledger_minor": booked}


async def _provider_minor(parts: Parts, attempt: Attempt) -> int:
    """Return what the provider holds of an attempt, whatever we believe of it."""
    if attempt.session_id is None:
        return 0
    session = await parts.gateway.fetch_session(attempt.session_id)
    facts = rules.read(session, wanted(parts, attempt))
    if not facts.captured_minor or facts.intent_id is None:
        return 0
    refunds = await parts.gateway.fetch_refunds(facts.intent_id)
    given_back: int = sum(one["amount"] for one in refunds if one["status"] == "succeeded")
    return facts.captured_minor - given_back
