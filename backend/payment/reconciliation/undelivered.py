"""(d) Events that the provider could not deliver are fetched into the inbox as if they had come."""

from datetime import UTC, datetime

from backend.kit.differences import Findings
from backend.kit.logs import logger
from backend.payment.figures import Figures
from backend.payment.parts import Parts
from backend.payment.reconciliation.horizon import Horizon
from backend.payment.webhooks import repository as inbox
from backend.payment.webhooks.service import event_of

_log = logger(__name__)


async def fetch(parts: Parts, figures: Figures, horizon: Horizon) -> Findings:
    """Store what did not come. Nothing of it is a difference: an event is only a reason to look."""
    began = datetime.now(UTC)
    missed = await parts.gateway.fetch_undelivered(since=horizon.since())
    async with parts.database.transaction() as connection:
        news = [event for event in missed if await inbox.store(connection, event_of(event))]
    if news:
        figures.webhooks.labels("fetched").inc(len(news))
        _log.info("undelivered events fetched", events=len(news))
        parts.work.wake()
    horizon.seen(began)
    return Findings()
