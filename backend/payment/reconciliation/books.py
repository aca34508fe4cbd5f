"""(h) Once a day: each movement of money at the provider has its rows in the ledger, and back.

What we have not learnt of it is learnt first; what is left is a difference for a person.
"""

import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.kit.differences import Findings
from backend.kit.logs import logger
from backend.payment.checkouts import repository as attempts
from backend.payment.checkouts import service as checkouts
from backend.payment.figures import Figures
from backend.payment.ledger import repository as ledger
from backend.payment.parts import Parts
from backend.payment.reconciliation import repository, rules
from backend.payment.reconciliation.rules import Pair
from backend.payment.stripe.gateway import Declined, Json

_log = logger(__name__)
# Rows booked near the window's edge may belong to movements outside of it.
_EDGE = timedelta(hours=1)


class Books:
    """Compares when it is time; between that its findings stay as they are."""

    def __init__(self, parts: Parts, figures: Figures) -> None:
        self._parts = parts
        self._figures = figures
        self._due = time.monotonic()

    async def compare(self) -> Findings:
        """Compare two days' movements with the ledger."""
        if time.monotonic() < self._due:
            return Findings(among=frozenset())
        wrong = await _differing(self._parts)
        if wrong:
            await _learn(self._parts, {rules.source_of(key) for key in wrong})
            wrong = await _differing(self._parts)
        self._due = time.monotonic() + self._parts.settings.compare_books_every.total_seconds()
        self._figures.books.set_to_current_time()
        return Findings(
            {
                key: {"provider_minor": pair.moved_minor, "ledger_minor": pair.booked_minor}
                for key, pair in wrong.items()
            }
        )


async def _differing(parts: Parts) -> dict[str, Pair]:
    """Return the rows that differ; a movement that is only just made may not be booked yet."""
    now = datetime.now(UTC)
    async with parts.database.connection() as connection:
        # Before the list: whatever is booked by now was moved by now.
        booked = await ledger.booked_since(connection, now - repository.WINDOW + _EDGE)
    since = int((now - repository.WINDOW).timestamp())
    movements = await parts.gateway.fetch_made("movements", since=since)
    judged = (now - parts.settings.reconcile_after).timestamp()
    moved = await _rows(parts, movements)
    unlisted = {rules.source_of(key) for key in booked if key not in moved and booked[key]}
    moved |= await _rows(parts, await _movements_of(parts, unlisted))
    fresh = await _rows(parts, [one for one in movements if one["created"] > judged])
    async with parts.database.connection() as connection:
        booked |= await ledger.booked(connection, list(moved))
    wrong = rules.differing(moved, booked)
    return {key: pair for key, pair in wrong.items() if key not in fresh}


async def _rows(parts: Parts, movements: Collection[Json]) -> dict[str, int]:
    charges = [one["source"] for one in movements if one["reporting_category"] == "charge"]
    async with parts.database.connection() as connection:
        references = await repository.charged_attempts(connection, charges)
    return rules.rows_of(movements, references)


async def _movements_of(parts: Parts, sources: Collection[str]) -> list[Json]:
    """Fetch the movements of what was booked of late and moved longer ago."""
    found: list[Json] = []
    for source in sources:
        key = _attempt_key(source)
        provider_id: str | None = source
        if key is not None:
            async with parts.database.connection() as connection:
                provider_id = await repository.charge_of(connection, *key)
        if provider_id is not None:
            found += await parts.gateway.fetch_movements(provider_id)
    return found


async def _learn(parts: Parts, sources: Collection[str]) -> None:
    """Look at the attempts that differ; what the provider does not know cannot be learnt."""
    for source in sources:
        try:
            key = _attempt_key(source) or await _key_of(parts, source)
            if key is not None:
                await checkouts.sync_attempt(parts, *key)
        except Declined as error:
            _log.warning("nothing to learn", source=source, code=error.code)


async def _key_of(parts: Parts, provider_id: str) -> tuple[UUID, int] | None:
    """Return the attempt that a charge, refund or dispute belongs to, by its intent."""
    intent = await parts.gateway.fetch_intent_of(provider_id)
    async with parts.database.connection() as connection:
        attempt = await attempts.find_by_provider(connection, None, intent, None)
    return None if attempt is None else attempt.key


def _attempt_key(source: str) -> tuple[UUID, int] | None:
    order, _, number = source.partition(".")
    return (UUID(order), int(number)) if number else None
