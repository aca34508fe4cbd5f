"""What disputes move is learnt by fetching all of a payment's, and booked once each (E18)."""

from backend.payment.checkouts.repository import Attempt
from backend.payment.ledger import repository
from backend.payment.parts import Parts


async def import_all(parts: Parts, attempt: Attempt) -> None:
    """Book every movement of money of an attempt's disputes; raises Unanswered."""
    if attempt.intent_id is None:
        return
    disputes = await parts.gateway.fetch_disputes(attempt.intent_id)
    async with parts.database.transaction() as connection:
        for dispute in disputes:
            for movement in dispute["balance_transactions"]:
                await repository.book_dispute(
                    connection,
                    attempt,
                    dispute["id"],
                    amount_minor=-movement["amount"],
                    fee_minor=movement["fee"],
                )
