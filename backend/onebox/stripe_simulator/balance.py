"""The balance and its transactions: every movement of money, with the fee that it cost."""

from datetime import timedelta

from backend.onebox.stripe_simulator import objects
from backend.onebox.stripe_simulator.objects import Body, Kind, new_id
from backend.onebox.stripe_simulator.work import Ask, Work

AVAILABLE_AFTER = timedelta(days=7)

_SUMS = """
SELECT currency, coalesce(sum(net) FILTER (WHERE available_on <= %(now)s), 0)::bigint AS available,
       coalesce(sum(net) FILTER (WHERE available_on > %(now)s), 0)::bigint AS pending
FROM balance_transaction GROUP BY currency ORDER BY currency
"""
_CATEGORIES = {"refund_failure": "refund_failure", "adjustment": "dispute"}


async def move(
    work: Work, kind: str, *, amount: int, currency: str, source: str, fee: int = 0
) -> Body:
    """Record a movement of money and return its transaction."""
    available_on = work.now
    if kind == "charge":
        available_on += int(AVAILABLE_AFTER.total_seconds())
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Processing fees",
            "type": "stripe_fee",
        }
    ]
    body: Body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": work.now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source,
        "status": "pending" if available_on > work.now else "available",
        "type": kind,
    }
    return await objects.insert(work.connection, Kind.TRANSACTION, body)


async def retrieve(work: Work, ask: Ask) -> Body:
    body = await objects.fetch(work.connection, Kind.TRANSACTION, ask.identity)
    return _aged(work, body)


async def list_all(work: Work, ask: Ask) -> Body:
    found = await objects.page(
        work.connection,
        Kind.TRANSACTION,
        ask.params,
        url="/v1/balance_transactions",
        where=("currency", "source", "type"),
    )
    found["data"] = [_aged(work, body) for body in found["data"]]
    return found


def _aged(work: Work, body: Body) -> Body:
    return body | {"status": "pending" if body["available_on"] > work.now else "available"}


async def total(work: Work, _ask: Ask) -> Body:
    rows = await (await work.connection.execute(_SUMS, {"now": work.now})).fetchall()

    def sums(which: str) -> list[Body]:
        return [
            {
                "amount": row[which],
                "currency": row["currency"],
                "source_types": {"card": row[which]},
            }
            for row in rows
        ]

    return {
        "object": "balance",
        "available": sums("available"),
        "livemode": False,
        "pending": sums("pending"),
    }
