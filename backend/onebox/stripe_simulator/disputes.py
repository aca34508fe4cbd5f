"""Disputes: a buyer's bank takes the money back and asks why."""

from backend.onebox.stripe_simulator import balance, events, money, objects
from backend.onebox.stripe_simulator.bodies import dispute_body
from backend.onebox.stripe_simulator.objects import Body, Kind
from backend.onebox.stripe_simulator.work import Ask, Work


async def open_for(work: Work, charge_id: str) -> None:
    """Dispute a captured charge: its money and a fee leave the balance."""
    charge = await objects.fetch(work.connection, Kind.CHARGE, charge_id, lock=True)
    if charge["disputed"] or charge["refunded"]:
        return
    dispute = dispute_body(charge, work.now)
    movement = await balance.move(
        work,
        "adjustment",
        amount=-dispute["amount"],
        currency=dispute["currency"],
        source=dispute["id"],
        fee=money.dispute_fee(dispute["currency"]),
    )
    dispute["balance_transactions"] = [movement]
    await objects.insert(work.connection, Kind.DISPUTE, dispute)
    charge["disputed"] = True
    await objects.save(work.connection, Kind.CHARGE, charge)
    await events.emit(work, "charge.dispute.created", dispute)
    await events.emit(work, "charge.dispute.funds_withdrawn", dispute)


async def retrieve(work: Work, ask: Ask) -> Body:
    return await objects.fetch(work.connection, Kind.DISPUTE, ask.identity, param="dispute")


async def list_all(work: Work, ask: Ask) -> Body:
    return await objects.page(
        work.connection,
        Kind.DISPUTE,
        ask.params,
        url="/v1/disputes",
        where=("charge", "payment_intent"),
    )
