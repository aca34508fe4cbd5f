"""`moviemesh letters` on real databases: what nobody could take is listed, and sent again."""

import asyncio
from collections.abc import Mapping
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from typer.testing import CliRunner

from backend.contracts.messages import Message, OrderPaid, TicketRevokeRequested
from backend.kit.database import Connection, Database
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.messaging.inbox import Consumer, Handler, Poison, handler
from backend.kit.messaging.outbox import Relay
from cli.main import app

pytestmark = pytest.mark.integration
ORDER = uuid4()


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["letters", *words], env={"COLUMNS": "250"})
    return result.exit_code, result.output


@pytest.fixture
def dsns(database_of, monkeypatch):
    made = {name: database_of(f"backend.{name}") for name in ("movies", "ticket")}
    for name, dsn in made.items():
        monkeypatch.setenv(f"MM_AUDIT_{name.upper()}_DSN", dsn)
    return made


def put(dsn: str, kind: str, payload: object) -> UUID:
    message = uuid4()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO outbox (id, type, aggregate_id, version, trace_id, payload)"
            " VALUES (%s, %s, %s, 1, 'trace', %s)",
            (message, kind, ORDER, Jsonb(payload)),
        )
    return message


class Ticket:
    """A consumer that cannot take a revocation until its cause is mended."""

    def __init__(self) -> None:
        self.is_mended = False
        self.taken: list[UUID] = []

    async def revoke(self, _connection: Connection, message: TicketRevokeRequested) -> None:
        if not self.is_mended:
            raise Poison("the cinema is not known here")
        self.taken.append(message.refund_id)


async def carried(dsns: dict[str, str], ticket: Ticket) -> None:
    """Let movies' relay send what is due, once."""
    movies, own = Database(dsns["movies"]), Database(dsns["ticket"])
    await movies.open()
    await own.open()
    try:
        broker = InProcessBroker()
        handlers: Mapping[type[Message], Handler] = {
            TicketRevokeRequested: handler(TicketRevokeRequested, ticket.revoke)
        }
        consumer = Consumer(own, "ticket", handlers, after=lambda _envelope: None)
        broker.subscribe(consumer.subscription())
        await broker.start()
        await Relay(movies, broker).send_due()
    finally:
        await movies.close()
        await own.close()


def revocation(refund: UUID) -> dict[str, object]:
    return TicketRevokeRequested(
        order_id=ORDER, refund_id=refund, cinema_id=uuid4(), lines=[1]
    ).model_dump(mode="json")


def test_letter_is_listed_with_its_reason_and_taken_when_its_cause_is_mended(dsns):
    ticket, refund = Ticket(), uuid4()
    message = put(dsns["movies"], TicketRevokeRequested.TYPE, revocation(refund))
    asyncio.run(carried(dsns, ticket))

    code, text = said()
    assert (code, str(message) in text, "the cinema is not known here" in text) == (0, True, True)

    ticket.is_mended = True
    assert said("--replay", str(message)) == (
        0,
        f"✓ movies sends {TicketRevokeRequested.TYPE} again.\n",
    )
    asyncio.run(carried(dsns, ticket))

    assert ticket.taken == [refund]
    assert said() == (0, "✓ No dead letters: every message was taken.\n")


def test_letter_that_fails_again_is_listed_again(dsns):
    ticket = Ticket()
    message = put(dsns["movies"], TicketRevokeRequested.TYPE, revocation(uuid4()))
    asyncio.run(carried(dsns, ticket))
    said("--replay", str(message))
    assert said()[1] == "✓ No dead letters: every message was taken.\n"

    asyncio.run(carried(dsns, ticket))

    assert str(message) in said()[1]


def test_letter_of_the_outbox_itself_is_sent_again_by_the_same_service(dsns):
    message = put(dsns["movies"], "order.paid.v9", {"order_id": str(ORDER)})
    asyncio.run(carried(dsns, Ticket()))

    assert "nobody hears it" in said()[1]
    assert said("--replay", str(message))[0] == 0
    with psycopg.connect(dsns["movies"]) as connection:
        found = connection.execute("SELECT published_at FROM outbox").fetchall()
    assert found == [(None,)]


@pytest.mark.parametrize("wanted", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_unknown_letter_is_refused_and_nothing_is_sent(dsns, wanted):
    put(dsns["movies"], OrderPaid.TYPE, {})

    code, text = said("--replay", wanted)

    assert (code, wanted in text) == (1, True)
