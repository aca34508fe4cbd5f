"""The broker of one process: confirms only what every consumer has kept."""

import asyncio

from backend.contracts.messages import Envelope, PaymentOpened, PaymentReview
from backend.kit.messaging.broker import ACCEPTED, UNHEARD, Receipt, Subscription
from backend.kit.messaging.in_process import InProcessBroker
from tests.backend.kit.messaging.messages import envelope, review

LATER = Receipt(is_accepted=False, retry_in_s=7.0)


class Listener:
    """Receives, and answers as told."""

    def __init__(self, name: str, *kinds: str, answers: list[Receipt] | None = None) -> None:
        self.heard: list[Envelope] = []
        self.answers = answers or []
        self.subscription = Subscription(name, frozenset(kinds), self.receive)

    async def receive(self, one: Envelope) -> Receipt:
        await asyncio.sleep(0)
        self.heard.append(one)
        return self.answers.pop(0) if self.answers else ACCEPTED


async def _broker(*listeners: Listener) -> InProcessBroker:
    broker = InProcessBroker(retry_in_s=2.0)
    for listener in listeners:
        broker.subscribe(listener.subscription)
    await broker.start()
    return broker


async def test_each_consumer_gets_the_types_that_it_is_bound_to():
    both = Listener("both", PaymentOpened.TYPE, PaymentReview.TYPE)
    one = Listener("one", PaymentReview.TYPE)
    broker = await _broker(both, one)
    window = [envelope(), envelope(review())]

    assert await broker.publish(window) == [ACCEPTED, ACCEPTED]

    assert both.heard == window
    assert one.heard == window[1:]


async def test_message_that_nobody_is_bound_to_is_unheard():
    other = Listener("other", PaymentReview.TYPE)

    assert await (await _broker(other)).publish([envelope()]) == [UNHEARD]
    assert other.heard == []


async def test_one_consumer_that_is_not_ready_keeps_the_message_with_its_sender():
    ready = Listener("ready", PaymentOpened.TYPE)
    busy = Listener("busy", PaymentOpened.TYPE, answers=[LATER])
    broker = await _broker(ready, busy)
    one = envelope()

    assert await broker.publish([one]) == [LATER]
    assert await broker.publish([one]) == [ACCEPTED]

    assert (ready.heard, busy.heard) == ([one, one], [one, one])


async def test_one_refused_message_holds_up_no_other():
    busy = Listener("busy", PaymentOpened.TYPE, answers=[LATER])
    broker = await _broker(busy)

    receipts = await broker.publish([envelope(), envelope(), envelope()])

    assert receipts == [LATER, ACCEPTED, ACCEPTED]


async def test_stopped_broker_takes_nothing():
    listener = Listener("one", PaymentOpened.TYPE)
    broker = await _broker(listener)
    await broker.stop()

    assert await broker.publish([envelope()]) == [Receipt(is_accepted=False, retry_in_s=2.0)]
    assert listener.heard == []
