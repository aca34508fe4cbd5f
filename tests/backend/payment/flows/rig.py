"""The whole sale in one process: movies, payment and the provider are real, ticket is played."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from backend.client.movies import MoviesClient
from backend.contracts.messages import (
    MESSAGES,
    Envelope,
    Message,
    OrderLapsed,
    OrderPaid,
    OrderRefunded,
    RevokedLine,
    TicketRevokeRequested,
    TicketsIssued,
    TicketsRevoked,
)
from backend.contracts.orders import (
    LineChoice,
    LineRefund,
    OrderCreate,
    OrderPay,
    OrderRead,
    PayAnswer,
)
from backend.kit.messaging.broker import ACCEPTED, Receipt, Subscription
from backend.kit.messaging.in_process import InProcessBroker
from backend.movies.orders.reaper import Reaper
from tests.backend.payment.lives import Lives, Service
from tests.backend.payment.provider import Provider
from tests.backend.payment.wire import Killed, Wire
from tests.support import keys
from tests.support.cinema import SmallCinema

MOVIES = "http://movies.test"
BUYER = "ana@example.com"


@dataclass
class Tickets:
    """Plays the ticket service: issues and revokes, and notes whom it would mail."""

    answers: list[Message] = field(default_factory=list)
    issued: list[UUID] = field(default_factory=list)
    mailed: list[str] = field(default_factory=list)
    admitted: set[int] = field(default_factory=set)
    is_up: bool = True

    def subscription(self) -> Subscription:
        kinds = (OrderPaid, OrderLapsed, OrderRefunded, TicketRevokeRequested)
        return Subscription("ticket", frozenset(kind.TYPE for kind in kinds), self._receive)

    async def _receive(self, envelope: Envelope) -> Receipt:
        if not self.is_up:
            return Receipt(is_accepted=False, retry_in_s=60)
        message = MESSAGES[envelope.type].model_validate(envelope.payload)
        if isinstance(message, OrderPaid):
            self.issued.append(message.order_id)
            tickets = {line.line_no: uuid4() for line in message.lines}
            self.answers.append(
                TicketsIssued(
                    order_id=message.order_id, tickets=tickets, issued_at=datetime.now(UTC)
                )
            )
        elif isinstance(message, TicketRevokeRequested):
            lines = [
                RevokedLine(
                    line_no=line, outcome="admitted" if line in self.admitted else "revoked"
                )
                for line in message.lines
            ]
            self.answers.append(
                TicketsRevoked(order_id=message.order_id, refund_id=message.refund_id, lines=lines)
            )
        elif isinstance(message, OrderLapsed):
            self.mailed.append(message.reason)
        elif isinstance(message, OrderRefunded):
            self.mailed.append(f"refunded {message.amount_minor}")
        return ACCEPTED


@dataclass
class Cinema:
    """A cinema that sells, and ways to be its buyer, its manager and its bad luck."""

    wire: Wire
    provider: Provider
    tickets: Tickets
    movies: Any
    movies_app: Any
    client: MoviesClient
    place: SmallCinema
    broker: InProcessBroker
    payment: Service
    lives: Lives
    token: str = field(default_factory=keys.guest_token)

    # The buyer.

    async def hold(self, seats: tuple[int, ...] = (13, 14), *, token: str | None = None) -> UUID:
        body = OrderCreate(
            screening_id=self.place.screening, lines=[LineChoice(seat=seat) for seat in seats]
        )
        made = await self.client.create_order(body, token=token or self.token, key=uuid4().hex)
        return made.id

    async def pay(self, order: UUID) -> PayAnswer:
        body = OrderPay(email=BUYER)
        return await self.client.pay(order, body, token=self.token, key=uuid4().hex)

    async def close(self, order: UUID) -> None:
        await self.client.close_payment(order, token=self.token, key=uuid4().hex)

    async def order(self, order: UUID) -> OrderRead:
        return await self.client.order(order, token=self.token)

    async def state(self, order: UUID) -> str:
        return str((await self.order(order)).state)

    async def bought(self, card: str = "success") -> UUID:
        """Buy two seats, from the hold to the tickets."""
        order = await self.hold()
        await self.provider.press((await self.pay(order)).checkout_url, card)
        await self.settle()
        return order

    # The manager.

    async def refund(self, order: UUID, *lines: int, seats: Any = "free") -> None:
        body = LineRefund(lines=list(lines), seats=seats, reason="a test")
        token = keys.person_token("manager")
        await self.client.refund(order, body, token=token, key=uuid4().hex)

    # Time and bad luck.

    async def settle(self) -> None:
        """Move everything that is due in every part, until nothing is."""
        while (
            await self.provider.settle()
            + await self.payment.round()
            + await self.movies.relay.send_due()
            + await self._ticket_answers()
        ):
            pass

    async def later(self) -> None:
        """Let every pause pass, then settle."""
        for table in ("attempt", "refund", "webhook_event"):
            await self.change_payment(
                f"UPDATE {table} SET due_at = clock_timestamp() WHERE due_at IS NOT NULL"
            )
        for change in (self.change_payment, self.change_movies):
            await change(
                "UPDATE outbox SET not_before = clock_timestamp() WHERE published_at IS NULL"
            )
        await self.settle()

    async def deadline(self) -> None:
        """Let the time for paying run out, and the reaper see it."""
        await self.change_movies(
            "UPDATE orders SET expires_at = clock_timestamp() WHERE state = 'PAYING'"
        )
        await Reaper(self.movies).round()
        await self.settle()

    async def restart_payment(self) -> None:
        """Kill payment and start another on the same database; leases run out meanwhile."""
        await self.lives.end()
        # The old consumer went with its process.
        self.broker._subscriptions[:] = [
            each for each in self.broker._subscriptions if each.consumer != "payment"
        ]
        self.payment = await self.lives.begin(self.broker)
        await self.later()

    async def dies(self) -> None:
        """Settle until payment dies of a fault that kills it, then start another."""
        try:
            await self.later()
        except Killed:
            await self.restart_payment()
        else:
            message = "nothing killed it"
            raise AssertionError(message)

    async def reconcile(self) -> list[str]:
        """Run both reconciliations; return the kinds of all open differences."""
        kinds = []
        for app in (self.payment.app, self.movies_app):
            assert await app.state.reconciler.round()
        await self.settle()
        for rows in (
            await self.payment_rows("SELECT kind FROM recon_diff WHERE closed_at IS NULL"),
            await self.movies_rows("SELECT kind FROM recon_diff WHERE closed_at IS NULL"),
        ):
            kinds += [row["kind"] for row in rows]
        return kinds

    # What a test reads.

    async def seats(self) -> dict[int, str]:
        rows = await self.movies_rows("SELECT seat_id, state FROM seat_claim")
        return {row["seat_id"]: row["state"] for row in rows}

    async def money(self) -> int:
        """Return what the provider holds for the cinema, its fees put back."""
        (fees,) = await self.payment_rows(
            "SELECT coalesce(sum(amount_minor), 0)::int AS n FROM ledger WHERE kind = 'fee'"
        )
        return await self.provider.balance() + int(fees["n"])

    async def attempts(self, order: UUID) -> list[str]:
        rows = await self.payment_rows(
            "SELECT state FROM attempt WHERE order_id = %s ORDER BY attempt", order
        )
        return [row["state"] for row in rows]

    async def payment_rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return await _rows(self.payment.parts.database, statement, values)

    async def movies_rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return await _rows(self.movies.database, statement, values)

    async def change_payment(self, statement: str, *values: object) -> None:
        async with self.payment.parts.database.connection() as connection:
            await connection.execute(statement, values)

    async def change_movies(self, statement: str, *values: object) -> None:
        async with self.movies.database.connection() as connection:
            await connection.execute(statement, values)

    async def _ticket_answers(self) -> int:
        answers, self.tickets.answers = self.tickets.answers, []
        for message in answers:
            envelope = Envelope(
                id=uuid4(),
                type=message.TYPE,
                aggregate_id=message.order_id,
                version=1,
                occurred_at=datetime.now(UTC),
                trace_id="0" * 32,
                payload=message.model_dump(mode="json"),
            )
            await self.broker.publish([envelope])
        return len(answers)


async def _rows(database: Any, statement: str, values: Any) -> list[dict[str, Any]]:
    async with database.connection() as connection:
        return list(await (await connection.execute(statement, values)).fetchall())
