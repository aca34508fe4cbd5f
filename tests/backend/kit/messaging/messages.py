"""Messages for these tests, and readers of the tables that they leave."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from backend.contracts.messages import Envelope, PaymentOpened, PaymentReview
from backend.kit.database import Database

ORDER = UUID("01900000-0000-7000-8000-00000000000a")


def opened(url: str = "http://pay/1", *, order: UUID = ORDER) -> PaymentOpened:
    return PaymentOpened(order_id=order, attempt=1, attempt_version=1, url=url)


def review(reason: str = "figures differ") -> PaymentReview:
    return PaymentReview(order_id=ORDER, attempt=1, attempt_version=1, reason=reason)


def envelope(message: Any = None, **change: Any) -> Envelope:
    message = message or opened()
    fields = {
        "id": uuid4(),
        "type": message.TYPE,
        "aggregate_id": message.order_id,
        "version": 1,
        "occurred_at": datetime.now(UTC),
        "trace_id": "ab" * 16,
        "payload": message.model_dump(mode="json"),
    }
    return Envelope(**(fields | change))


async def rows(database: Database, statement: str, *values: object) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return await (await connection.execute(statement, values)).fetchall()


async def run(database: Database, statement: str, *values: object) -> int:
    async with database.connection() as connection:
        return (await connection.execute(statement, values)).rowcount
