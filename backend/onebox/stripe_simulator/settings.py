"""What the simulator is told from outside: its database, its keys, who hears its webhooks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

# The first try is at once; the tries end three days after the event, as the provider's do.
RETRY_DELAYS = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=18),
    timedelta(hours=36),
)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An address that hears every event, and the secret that signs what it hears."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Everything that differs between two simulators.

    One that does not work by itself leaves time and webhooks to whoever calls its parts: tests do.
    """

    dsn: str = field(repr=False)
    public_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    webhook_endpoints: tuple[WebhookEndpoint, ...] = ()
    clock: Clock = utc_now
    slow_card_takes: timedelta = timedelta(seconds=4)
    slow_refund_takes: timedelta = timedelta(seconds=3)
    dispute_comes_after: timedelta = timedelta(seconds=2)
    authorisation_lasts: timedelta = timedelta(days=7)
    retry_delays: tuple[timedelta, ...] = RETRY_DELAYS
    webhook_limit: timedelta = timedelta(seconds=10)
    poll_every: timedelta = timedelta(milliseconds=500)
    shows_inspection: bool = True
    works_by_itself: bool = True
    allows_faults: bool = False
