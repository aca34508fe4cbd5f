"""Payments at the provider that nobody here began: ended at once, or their money given back.

A backup that was restored, or a key that the provider had forgotten, can leave one behind. It
becomes an attempt of its order under a number that movies never uses, so that everything which
holds for attempts holds for it: its page is closed, its reservation let go, its money booked. What
it took stays for a person to look at, and goes back by itself after a while.
"""

from uuid import UUID, uuid5

from backend.kit.differences import Findings
from backend.kit.logs import logger
from backend.payment.checkouts import service as checkouts
from backend.payment.parts import Parts
from backend.payment.reconciliation import repository
from backend.payment.refunds import repository as refunds
from backend.payment.stripe.gateway import Json

_log = logger(__name__)


async def adopt(parts: Parts, order_id: UUID, session: Json) -> None:
    """Write a session down that carries our reference and is no attempt's, and look at it."""
    async with parts.database.transaction() as connection:
        key = await repository.adopt(connection, order_id, session)
    if key is None:
        return
    _log.error("payment of nobody", session=session["id"], order_id=str(order_id))
    await checkouts.sync_attempt(parts, *key)
    parts.work.wake()


async def hold(parts: Parts) -> Findings:
    """Show strays that are open or hold money; what nobody explained in time goes back."""
    after = parts.settings.refund_strays_after
    async with parts.database.transaction() as connection:
        rows = await repository.strays(connection, after)
        over = [row for row in rows if row.pop("is_over")]
        for row in over:
            await refunds.request(
                connection,
                # The same whoever asks, and so written down once.
                uuid5(row["order_id"], str(row["attempt"])),
                of=(row["order_id"], row["attempt"]),
                amount_minor=row["held_minor"],
                reason="paid without an order",
            )
    if over:
        parts.work.wake()
    return Findings({f"{row.pop('order_id')}.{row.pop('attempt')}": row for row in rows})
