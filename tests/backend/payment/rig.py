"""Payment beside the real simulator and a bus; the test plays movies and moves every part by hand.

Nothing runs by itself, so a test decides what happens between two steps, and "the process dies"
is a service that is dropped and made anew on the same database.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from backend.contracts.messages import (
    Envelope,
    Message,
    PaymentCaptureRequested,
    PaymentCloseRequested,
    PaymentOpenRequested,
    PaymentRefundRequested,
)
from backend.contracts.payments import CheckoutLine, CheckoutOpen, CheckoutRead
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.tokens.signer import ServiceSigner
from backend.payment.checkouts import service as checkouts
from backend.payment.checkouts.repository import Attempt
from backend.payment.settings import PaymentSettings
from tests.backend.payment.lives import Heard, Lives, Service, payment_settings
from tests.backend.payment.provider import Provider, provider_on, signed
from tests.backend.payment.wire import Killed, Wire
from tests.support import keys

Made = Callable[[str], str]


@dataclass
class Rig:
    """Everything that a test of payment needs."""

    settings: PaymentSettings
    wire: Wire
    provider: Provider
    broker: InProcessBroker
    heard: Heard
    service: Service
    lives: Lives
    order: UUID = field(default_factory=uuid4)

    # What movies does.

    def checkout(self, attempt: int = 1, **changes: Any) -> CheckoutOpen:
        lines = [
            CheckoutLine(line_no=1, name="Nosferatu · Adult · C4", gross_minor=3350),
            CheckoutLine(line_no=2, name="Nosferatu · Carer · C5", gross_minor=0),
            CheckoutLine(line_no=3, name="Nosferatu · Child · C6", gross_minor=2350),
        ]
        given: dict[str, Any] = {
            "order_id": self.order,
            "attempt": attempt,
            "reference": "ABCD-EFGH-JKMN",
            "cinema_id": UUID(int=7),
            "screening_key": 12,
            "seats": [24, 25, 26],
            "language": "ro",
            "currency": "RON",
            "amount_minor": 5700,
            "lines": lines,
            "email": "ana@example.com",
            "return_url": "http://cinema.test/ro/orders/1/return",
            "cancel_url": "http://cinema.test/ro/orders/1/cancel-payment",
            **changes,
        }
        return CheckoutOpen(**given)

    async def open(self, attempt: int = 1, **changes: Any) -> CheckoutRead:
        """Press Pay: the direct command."""
        signer = ServiceSigner("movies", keys.private("movies"))
        return await self.service.client.open(
            self.checkout(attempt, **changes), token=signer.token("payment")
        )

    async def sync(self, attempt: int = 1) -> CheckoutRead:
        """Come back from the provider's page."""
        signer = ServiceSigner("movies", keys.private("movies"))
        return await self.service.client.sync(self.order, attempt, token=signer.token("payment"))

    async def say(self, message: Message, *, message_id: UUID | None = None) -> bool:
        """Send a command over the bus; say whether payment has it."""
        envelope = Envelope(
            id=message_id or uuid4(),
            type=message.TYPE,
            aggregate_id=message.order_id,
            version=1,
            occurred_at=datetime.now(UTC),
            trace_id="0" * 32,
            payload=message.model_dump(mode="json"),
        )
        (receipt,) = await self.broker.publish([envelope])
        return receipt.is_accepted

    async def ask_open(self, attempt: int = 1) -> bool:
        checkout = self.checkout(attempt)
        return await self.say(PaymentOpenRequested(order_id=self.order, checkout=checkout))

    async def ask_capture(self, attempt: int = 1, amount_minor: int = 5700) -> bool:
        return await self.say(
            PaymentCaptureRequested(order_id=self.order, attempt=attempt, amount_minor=amount_minor)
        )

    async def ask_close(self, reason: Any = "buyer", attempt: int = 1) -> bool:
        return await self.say(
            PaymentCloseRequested(order_id=self.order, attempt=attempt, reason=reason)
        )

    async def ask_refund(self, amount_minor: int, *, refund_id: UUID | None = None) -> UUID:
        refund_id = refund_id or uuid4()
        await self.say(
            PaymentRefundRequested(
                order_id=self.order,
                attempt=1,
                refund_id=refund_id,
                amount_minor=amount_minor,
                currency="RON",
                lines=[1],
                reason="a test",
            )
        )
        return refund_id

    async def post(self, payload: bytes, **how: Any) -> int:
        """Send a webhook as the provider does, or as somebody else; return the status."""
        answer = await self.service.http.post(
            "/webhooks/stripe", content=payload, headers=signed(payload, **how)
        )
        return answer.status_code

    # Common ways.

    async def authorised(self, card: str = "success") -> None:
        """Open attempt 1 and pay on its page."""
        await self.provider.press((await self.open()).url, card)
        await self.settle()

    async def captured(self, card: str = "success") -> None:
        """Sell, from Pay to the money taken."""
        await self.authorised(card)
        await self.ask_capture()
        await self.settle()

    async def settle(self) -> None:
        """Move everything that is due, until nothing is."""
        while await self.provider.settle() + await self.service.round():
            pass

    async def later(self) -> None:
        """Let every pause of payment pass, then settle."""
        for table, is_open in {
            "attempt": "due_at IS NOT NULL",
            "refund": "due_at IS NOT NULL",
            "webhook_event": "due_at IS NOT NULL",
        }.items():
            await self.run(f"UPDATE {table} SET due_at = clock_timestamp() WHERE {is_open}")
        await self.run(
            "UPDATE outbox SET not_before = clock_timestamp() WHERE published_at IS NULL"
        )
        await self.settle()

    async def restart(self) -> None:
        """Kill the service and start another on the same database; leases run out meanwhile."""
        await self.lives.end()
        self.broker = await _bus(self.heard)
        self.service = await self.lives.begin(self.broker)
        await self.later()

    async def dies(self) -> None:
        """Work until the process dies of a fault that kills it, then start another."""
        try:
            await self.later()
        except Killed:
            pass
        else:
            message = "nothing killed it"
            raise AssertionError(message)
        await self.restart()

    # What a test reads.

    async def attempt(self, attempt: int = 1) -> Attempt:
        return await checkouts.read(self.service.parts, self.order, attempt)

    async def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        async with self.service.parts.database.connection() as connection:
            return list(await (await connection.execute(statement, values)).fetchall())

    async def run(self, statement: str, *values: object) -> None:
        async with self.service.parts.database.connection() as connection:
            await connection.execute(statement, values)

    async def states(self, attempt: int = 1) -> list[str]:
        """Return the states that an attempt went through."""
        rows = await self.rows(
            "SELECT state FROM attempt_event WHERE order_id = %s AND attempt = %s ORDER BY version",
            self.order,
            attempt,
        )
        return [row["state"] for row in rows]

    async def ledger(self) -> dict[str, int]:
        """Return the sum of each kind of movement."""
        sums: Counter[str] = Counter()
        for row in await self.rows("SELECT kind, amount_minor FROM ledger"):
            sums[row["kind"]] += row["amount_minor"]
        return dict(sums)


@asynccontextmanager
async def rig_on(
    database_of: Made, *, is_running: bool = False, **changes: Any
) -> AsyncIterator[Rig]:
    """Make the whole rig on fresh databases."""
    settings = payment_settings(database_of("backend.payment"), **changes)
    wire, heard = Wire(), Heard()
    lives = Lives(settings, wire, is_running=is_running)
    async with provider_on(database_of("backend.onebox.stripe_simulator"), wire) as provider:
        broker = await _bus(heard)
        service = await lives.begin(broker)
        try:
            yield Rig(settings, wire, provider, broker, heard, service, lives)
        finally:
            await lives.end()


async def _bus(heard: Heard) -> InProcessBroker:
    broker = InProcessBroker()
    broker.subscribe(heard.subscription())
    await broker.start()
    return broker
