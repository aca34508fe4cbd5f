"""The outbox: nothing lost, nothing early, several relays side by side, in order."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from backend.contracts.messages import Envelope, PaymentOpened
from backend.kit import trace
from backend.kit.database import Database
from backend.kit.messaging import outbox
from backend.kit.messaging.broker import ACCEPTED, UNHEARD, Receipt, Subscription
from backend.kit.messaging.outbox import Relay
from tests.backend.kit.messaging.messages import ORDER, opened, rows, run

pytestmark = pytest.mark.integration


class Carrier:
    """A broker that keeps what it is given and answers as told."""

    def __init__(self, receipt: Receipt = ACCEPTED) -> None:
        self.carried: list[Envelope] = []
        self.receipt = receipt
        self.failures: list[Exception] = []
        self.windows: list[int] = []

    async def publish(self, window: Sequence[Envelope]) -> list[Receipt]:
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.windows.append(len(window))
        self.carried += window
        return [self.receipt] * len(window)

    def subscribe(self, subscription: Subscription) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def urls(self) -> list[str]:
        return [str(one.payload["url"]) for one in self.carried]


async def _put(database: Database, *urls: str) -> None:
    async with database.transaction() as connection:
        for url in urls:
            await outbox.put(connection, opened(url), version=3)


async def _until_carried(carrier: Carrier, count: int) -> None:
    async with asyncio.timeout(10):
        while len(carrier.carried) < count:  # noqa: ASYNC110 -- the relay is another task
            await asyncio.sleep(0.01)


async def _due_for_others(database: Database) -> int:
    found = await rows(database, "SELECT 1 FROM outbox WHERE not_before <= clock_timestamp()")
    return len(found)


async def test_message_travels_with_all_that_it_was_written_with(database):
    carrier = Carrier()
    trace.resume("ef" * 16)
    await _put(database, "http://pay/1")

    assert await Relay(database, carrier).send_due() == 1

    [sent] = carrier.carried
    assert (sent.type, sent.aggregate_id, sent.version, sent.trace_id) == (
        PaymentOpened.TYPE,
        ORDER,
        3,
        "ef" * 16,
    )
    assert PaymentOpened.model_validate(sent.payload) == opened("http://pay/1")
    assert await Relay(database, carrier).send_due() == 0


async def test_rolled_back_cause_leaves_no_message(database):
    async def fail() -> None:
        async with database.transaction() as connection:
            await outbox.put(connection, opened(), version=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    assert await rows(database, "SELECT 1 FROM outbox") == []


async def test_messages_go_in_order_by_windows_of_a_hundred(database):
    carrier = Carrier()
    urls = [f"http://pay/{n:03}" for n in range(230)]
    await _put(database, *urls)
    relay = Relay(database, carrier)

    while await relay.send_due():
        pass

    assert carrier.urls == urls
    assert carrier.windows == [100, 100, 30]


async def test_row_committed_late_with_a_low_number_is_not_passed_over(database):
    carrier = Carrier()
    relay = Relay(database, carrier)
    async with database.transaction() as slow:
        await outbox.put(slow, opened("http://pay/slow"), version=1)
        await _put(database, "http://pay/quick")
        await relay.send_due()

    await relay.send_due()

    assert carrier.urls == ["http://pay/quick", "http://pay/slow"]


async def test_relays_side_by_side_send_each_message_once(database):
    carrier = Carrier()
    await _put(database, *(f"http://pay/{n}" for n in range(300)))
    relays = [Relay(database, carrier) for _ in range(4)]

    for _ in range(3):
        await asyncio.gather(*(relay.send_due() for relay in relays))

    assert Counter(Counter(carrier.urls).values()) == {1: 300}


async def test_refused_message_waits_as_long_as_the_receipt_says(database):
    carrier = Carrier(Receipt(is_accepted=False, retry_in_s=30.0))
    relay = Relay(database, carrier)
    await _put(database, "http://pay/1")

    assert await relay.send_due() == 0
    assert await relay.send_due() == 0
    assert carrier.urls == ["http://pay/1"]

    await run(database, "UPDATE outbox SET not_before = not_before - %s", timedelta(seconds=31))
    carrier.receipt = ACCEPTED
    assert await relay.send_due() == 1


async def test_crash_between_publish_and_mark_sends_again_under_the_same_id(database):
    carrier = Carrier()
    await _put(database, "http://pay/1")

    class Dying(Carrier):
        async def publish(self, window: Sequence[Envelope]) -> list[Receipt]:
            await carrier.publish(window)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Relay(database, Dying()).send_due()
    await Relay(database, carrier).send_due()

    assert carrier.urls == ["http://pay/1", "http://pay/1"]
    assert len({one.id for one in carrier.carried}) == 1


async def test_running_relay_looks_by_itself_and_survives_whatever_a_broker_raises(database):
    carrier = Carrier()
    carrier.failures = [RuntimeError("a bug of the broker")]
    relay = Relay(database, carrier)
    await _put(database, "http://pay/1")

    await relay.start()
    await _until_carried(carrier, 1)
    await relay.stop()
    await relay.stop()

    assert carrier.urls == ["http://pay/1"]


async def test_relay_stops_although_it_is_woken_in_the_same_moment(database):
    relay = Relay(database, Carrier())
    await relay.start()
    # Long enough for the relay to have looked once and to wait.
    await asyncio.sleep(0.2)

    relay.hand_over([])
    async with asyncio.timeout(10):
        await relay.stop()


async def test_what_a_process_commits_is_handed_to_its_relay_and_left_to_it(database):
    own, other = Carrier(), Carrier()
    relay = Relay(database, own)
    await relay.start()
    try:
        async with database.transaction() as connection:
            await outbox.put(connection, opened("http://pay/1"), version=1)
            left_to_it = await _due_for_others(database)
        # Before the relay can look by itself: it was told.
        await _until_carried(own, 1)
    finally:
        await relay.stop()

    assert (left_to_it, own.urls) == (0, ["http://pay/1"])
    assert await Relay(database, other).send_due() == 0
    assert await rows(database, "SELECT 1 FROM outbox WHERE published_at IS NULL") == []


@pytest.mark.parametrize("is_whole", [True, False])
async def test_what_was_handed_over_and_rolled_back_is_not_sent(database, is_whole):
    carrier = Carrier()
    relay = Relay(database, carrier)
    database.on_written = relay.hand_over

    async with database.connection() as connection:
        with suppress(LookupError):
            async with connection.transaction():
                if not is_whole:
                    await outbox.put(connection, opened("http://pay/kept"), version=1)
                with suppress(LookupError):
                    async with connection.transaction():
                        await outbox.put(connection, opened("http://pay/undone"), version=1)
                        raise LookupError
                if is_whole:
                    raise LookupError
    while await relay.send_due():
        pass

    assert carrier.urls == ([] if is_whole else ["http://pay/kept"])


async def test_what_a_process_left_unsent_is_due_for_every_relay_some_seconds_later(database):
    carrier = Carrier()
    database.on_written = lambda _seqs: None
    await _put(database, "http://pay/1")
    database.on_written = None

    assert await Relay(database, carrier).send_due() == 0
    await run(database, "UPDATE outbox SET not_before = not_before - %s", timedelta(seconds=5))
    assert await Relay(database, carrier).send_due() == 1


async def test_handed_message_that_is_refused_waits_as_long_as_the_receipt_says(database):
    carrier = Carrier(Receipt(is_accepted=False, retry_in_s=30.0))
    relay = Relay(database, carrier)
    database.on_written = relay.hand_over
    await _put(database, "http://pay/1")

    assert await relay.send_due() == 0
    assert await rows(
        database,
        "SELECT published_at, not_before - clock_timestamp() > '25 s' AS waits FROM outbox",
    ) == [{"published_at": None, "waits": True}]


async def test_row_that_is_no_message_is_kept_apart_and_holds_up_no_other(database):
    carrier = Carrier()
    await _put(database, "http://pay/1", "http://pay/2", "http://pay/3")
    await run(database, "UPDATE outbox SET payload = '[1]' WHERE seq = 2")

    assert await Relay(database, carrier).send_due() == 3

    assert carrier.urls == ["http://pay/1", "http://pay/3"]
    assert await Relay(database, carrier).send_due() == 0
    assert await rows(
        database, "SELECT consumer, error, tries, envelope -> 'payload' AS payload FROM dead_letter"
    ) == [{"consumer": "outbox", "error": "it is no message", "tries": 1, "payload": [1]}]


async def test_message_that_nobody_hears_is_a_dead_letter_of_its_sender(database):
    carrier = Carrier(UNHEARD)
    await _put(database, "http://pay/1")

    assert await Relay(database, carrier).send_due() == 1
    assert await Relay(database, carrier).send_due() == 0

    [letter] = await rows(database, "SELECT error, envelope, message_id FROM dead_letter")
    assert letter["error"] == "nobody hears it"
    assert Envelope.model_validate(letter["envelope"]).id == letter["message_id"]
