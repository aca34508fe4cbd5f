"""What the movies tests hold in their hands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI

from backend.client.movies import MoviesClient
from backend.contracts.messages import MESSAGES, Envelope, Message
from backend.contracts.orders import LineChoice, OrderCreate, OrderPay, OrderRead, PayAnswer
from backend.kit.messaging.broker import Receipt, Subscription
from backend.movies.parts import Parts
from tests.backend.movies import payment
from tests.backend.movies.payment import Neighbours
from tests.support.cinema import SmallCinema
from tests.support.keys import guest_token

PAYER = OrderPay(email="ana@example.org")


class Bus:
    """A broker that carries nothing away, so that what was written stays to be looked at."""

    def __init__(self) -> None:
        self.subscriptions: list[Subscription] = []

    def subscribe(self, subscription: Subscription) -> None:
        self.subscriptions.append(subscription)

    async def publish(self, window: Sequence[Envelope]) -> list[Receipt]:
        return [Receipt(is_accepted=False, retry_in_s=3600.0)] * len(window)

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class Rig:
    """The service, its parts, its cinema, its neighbours, and ways to call it."""

    app: FastAPI
    parts: Parts
    cinema: SmallCinema
    http: httpx2.AsyncClient
    client: MoviesClient
    bus: Bus = field(default_factory=Bus)
    neighbours: Neighbours = field(default_factory=Neighbours)

    async def hold(
        self,
        seats: list[int],
        *,
        token: str | None = None,
        key: str | None = None,
        ticket_type: str = "adult",
    ) -> OrderRead:
        """Hold seats as a guest."""
        return await self.client.create_order(
            self.order(seats, ticket_type), token=token or guest_token(), key=key or uuid4().hex
        )

    def order(self, seats: list[int], ticket_type: str = "adult") -> OrderCreate:
        """Return the body of an order."""
        return OrderCreate(
            screening_id=self.cinema.screening,
            lines=[LineChoice(seat=seat, ticket_type=ticket_type) for seat in seats],
        )

    async def pay(self, order_id: UUID, token: str) -> PayAnswer:
        """Press Pay, with a key of its own."""
        return await self.client.pay(order_id, PAYER, token=token, key=uuid4().hex)

    async def paying(self, seats: list[int], token: str | None = None) -> UUID:
        """Hold seats and press Pay."""
        token = token or guest_token()
        order = await self.hold(seats, token=token)
        await self.pay(order.id, token)
        return order.id

    async def paid(self, seats: list[int], token: str | None = None) -> UUID:
        """Hold two seats and pay them to the end."""
        order = await self.paying(seats, token)
        total = (await self.row("SELECT total_minor FROM orders WHERE id = %s", order))[
            "total_minor"
        ]
        await self.hear(payment.authorised(order, amount=total))
        await self.hear(payment.captured(order, amount=total))
        return order

    async def hear(self, message: Message) -> None:
        """Deliver a message that must be taken."""
        assert (await self.deliver(payment.envelope(message))).is_accepted

    async def deliver(self, one: Envelope) -> Receipt:
        """Deliver a message once."""
        [subscription] = [s for s in self.bus.subscriptions if one.type in s.types]
        return await subscription.receive(one)

    async def post(self, body: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send an order as it is."""
        return await self.http.post("/orders", json=body, headers=headers)

    async def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Read the database directly."""
        async with self.parts.database.connection() as connection:
            return await (await connection.execute(statement, values)).fetchall()

    async def row(self, statement: str, *values: object) -> dict[str, Any]:
        """Read the only row."""
        [row] = await self.rows(statement, *values)
        return row

    async def run(self, statement: str, *values: object) -> None:
        """Change the database directly."""
        async with self.parts.database.connection() as connection:
            await connection.execute(statement, values)

    async def claims(self, order_id: UUID) -> list[tuple[int, str]]:
        """Return seat and state of an order's claims."""
        rows = await self.rows(
            "SELECT seat_id, state FROM seat_claim WHERE order_id = %s ORDER BY 1", order_id
        )
        return [(row["seat_id"], row["state"]) for row in rows]

    async def state(self, order_id: UUID) -> str:
        """Return the state of an order."""
        return str((await self.row("SELECT state FROM orders WHERE id = %s", order_id))["state"])

    async def told(self, order_id: UUID, kind: type[Message] | None = None) -> list[Any]:
        """Return what was written for others about an order, oldest first."""
        rows = await self.rows(
            "SELECT type, payload FROM outbox WHERE aggregate_id = %s ORDER BY seq", order_id
        )
        made = [MESSAGES[row["type"]].model_validate(row["payload"]) for row in rows]
        return [one for one in made if kind is None or isinstance(one, kind)]

    async def age(self, order_id: UUID, by: timedelta) -> None:
        """Let an order's hold, or its payment, be older than it is."""
        await self.run(
            "UPDATE seat_claim SET expires_at = expires_at - %s WHERE order_id = %s", by, order_id
        )
        await self.run("UPDATE orders SET expires_at = expires_at - %s WHERE id = %s", by, order_id)
        # Real time changes no version, but nobody moves the end of a hold without one.
        await self.run("UPDATE screening_seats SET version = version + 1")
