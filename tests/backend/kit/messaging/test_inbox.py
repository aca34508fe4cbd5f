"""The inbox: one effect however often a message comes, and a dead letter when it never works."""

import asyncio
from uuid import uuid4

import pytest
from psycopg.errors import LockNotAvailable

from backend.contracts.messages import PaymentOpened, PaymentReview
from backend.kit import trace
from backend.kit.database import Database
from backend.kit.messaging.broker import ACCEPTED
from backend.kit.messaging.inbox import Consumer, Poison, handler
from tests.backend.kit.messaging.messages import envelope, opened, review, rows

pytestmark = pytest.mark.integration


class Effects:
    """A handler that writes one row for each message, after failing as told."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.traces: list[str] = []
        self.after: list[str] = []

    async def act(self, connection, event: PaymentOpened) -> None:
        self.traces.append(trace.current())
        await connection.execute(
            "INSERT INTO recon_diff (kind, subject, facts) VALUES ('test', %s, '{}')",
            (f"{event.url} {uuid4()}",),
        )
        if self.failures:
            raise self.failures.pop(0)

    def consumer(self, database: Database, name: str = "tests") -> Consumer:
        return Consumer(
            database,
            name,
            {PaymentOpened: handler(PaymentOpened, self.act)},
            after=lambda one: self.after.append(one.type),
        )


async def _effects(database: Database) -> int:
    return len(await rows(database, "SELECT 1 FROM recon_diff"))


async def test_message_acts_once_however_often_it_comes(database):
    effects = Effects()
    consumer, letter = effects.consumer(database), envelope()

    receipts = [await consumer.receive(letter) for _ in range(3)]
    receipts += await asyncio.gather(*(consumer.receive(letter) for _ in range(20)))

    assert set(receipts) == {ACCEPTED}
    assert await _effects(database) == 1
    assert await rows(database, "SELECT consumer, message_id FROM inbox") == [
        {"consumer": "tests", "message_id": letter.id}
    ]


async def test_two_consumers_each_act_on_a_message(database):
    effects, letter = Effects(), envelope()

    await effects.consumer(database, "one").receive(letter)
    await effects.consumer(database, "two").receive(letter)

    assert await _effects(database) == 2


async def test_work_goes_on_under_the_trace_of_the_message(database):
    effects = Effects()

    await effects.consumer(database).receive(envelope(trace_id="cd" * 16))

    assert effects.traces == ["cd" * 16]
    assert effects.after == [PaymentOpened.TYPE]


async def test_failure_leaves_no_effect_is_counted_and_works_the_next_time(database):
    effects = Effects()
    effects.failures = [RuntimeError("not now")]
    consumer, letter = effects.consumer(database), envelope()

    first = await consumer.receive(letter)

    assert (first.is_accepted, 1.0 <= first.retry_in_s <= 1.2) == (False, True)
    assert await _effects(database) == 0
    assert await rows(database, "SELECT tries, error FROM inbox_failure") == [
        {"tries": 1, "error": "RuntimeError('not now')"}
    ]
    assert await consumer.receive(letter) == ACCEPTED
    assert await _effects(database) == 1


async def test_pauses_grow_and_the_eighth_failure_is_a_dead_letter(database):
    effects = Effects()
    effects.failures = [RuntimeError(f"try {n}") for n in range(1, 9)]
    consumer, letter = effects.consumer(database), envelope()

    receipts = [await consumer.receive(letter) for _ in range(8)]

    assert [receipt.is_accepted for receipt in receipts] == [False] * 7 + [True]
    pauses = [receipt.retry_in_s for receipt in receipts[:7]]
    assert pauses == sorted(pauses)
    assert 300.0 <= pauses[-1] <= 360.0
    dead = await rows(database, "SELECT message_id, envelope, error, tries FROM dead_letter")
    assert dead == [
        {
            "message_id": letter.id,
            "envelope": letter.model_dump(mode="json"),
            "error": "RuntimeError('try 8')",
            "tries": 8,
        }
    ]
    assert (await _effects(database), effects.after) == (0, [])


POISON = {
    "unknown field": {"payload": opened().model_dump(mode="json") | {"price": 1}},
    "missing field": {"payload": {}},
    "wrong shape": {"payload": opened().model_dump(mode="json") | {"attempt": "first"}},
}


@pytest.mark.parametrize("change", POISON.values(), ids=POISON.keys())
async def test_poison_is_dead_at_once_and_others_flow(database, change):
    effects = Effects()
    consumer = effects.consumer(database)

    assert await consumer.receive(envelope(**change)) == ACCEPTED
    assert await consumer.receive(envelope()) == ACCEPTED

    assert [row["tries"] for row in await rows(database, "SELECT tries FROM dead_letter")] == [1]
    assert await _effects(database) == 1


async def test_handler_may_call_a_message_poison(database):
    effects = Effects()
    effects.failures = [Poison("an attempt of nobody's")]

    assert await effects.consumer(database).receive(envelope()) == ACCEPTED

    dead = await rows(database, "SELECT error FROM dead_letter")
    assert dead == [{"error": 'Poison("an attempt of nobody\'s")'}]


async def test_message_of_another_kind_under_the_same_name_is_poison(database):
    consumer = Consumer(
        database,
        "tests",
        {PaymentReview: handler(PaymentOpened, Effects().act)},
        after=lambda _one: None,
    )

    assert await consumer.receive(envelope(review())) == ACCEPTED

    assert len(await rows(database, "SELECT 1 FROM dead_letter")) == 1


async def test_error_of_a_dead_letter_never_quotes_its_content(database):
    payload = opened().model_dump(mode="json") | {"attempt": "ana@example.org"}

    await Effects().consumer(database).receive(envelope(payload=payload))

    assert await rows(database, "SELECT error FROM dead_letter") == [
        {"error": "attempt: int_parsing"}
    ]


async def test_lost_race_for_locks_is_run_again_and_not_counted(database):
    effects = Effects()
    effects.failures = [LockNotAvailable("busy"), LockNotAvailable("busy")]

    assert await effects.consumer(database).receive(envelope()) == ACCEPTED

    assert await _effects(database) == 1
    assert await rows(database, "SELECT 1 FROM inbox_failure") == []


async def test_database_that_is_away_is_no_fault_of_the_message(database):
    effects = Effects()
    consumer = effects.consumer(database)
    await database.close()

    receipt = await consumer.receive(envelope())

    assert (receipt.is_accepted, receipt.retry_in_s) == (False, 1.0)
