"""The broker port: what carries messages from a relay to the consumers.

`publish` takes a window of messages and answers for each whether it is safe at the other side.
An adapter may deliver a message more than once and in any order; consumers have their inbox.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.contracts.messages import Envelope


@dataclass(frozen=True, slots=True)
class Receipt:
    """Whether a message is safe; if not, in how many seconds to send it again.

    One that no consumer is bound to is unheard: sending it again would help nobody.
    """

    is_accepted: bool
    retry_in_s: float = 0.0
    is_unheard: bool = False


ACCEPTED = Receipt(is_accepted=True)
UNHEARD = Receipt(is_accepted=False, is_unheard=True)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A consumer's queue: its name, the message types that it is bound to, and who receives."""

    consumer: str
    types: frozenset[str]
    receive: Callable[[Envelope], Awaitable[Receipt]]


class Broker(Protocol):
    """What the relay and the consumers need of a broker."""

    async def publish(self, window: Sequence[Envelope]) -> list[Receipt]:
        """Send a window of messages; the receipts come in the same order."""
        ...

    def subscribe(self, subscription: Subscription) -> None:
        """Bind a consumer; called before `start`."""
        ...

    async def start(self) -> None:
        """Begin to carry messages."""
        ...

    async def stop(self) -> None:
        """Stop carrying; what was not confirmed stays with its sender."""
        ...
