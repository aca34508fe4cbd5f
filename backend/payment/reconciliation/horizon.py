"""Since when the provider's lists are asked for, so that a round does not read two days anew."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from backend.payment.reconciliation.repository import WINDOW

# What the provider lists late, and clocks that differ a little.
_OVERLAP = timedelta(minutes=1)
_WHOLE_EVERY = timedelta(hours=24)


def _now() -> datetime:
    return datetime.now(UTC)


class Horizon:
    """Two days back at first and once a day; else what was made since the last round."""

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._seen: datetime | None = None
        self._whole_at: datetime | None = None

    def since(self) -> int:
        """Return from when to ask, in seconds since 1970."""
        now = self._clock()
        if self._whole_at is None or now - self._whole_at >= _WHOLE_EVERY:
            self._seen = None
        return int((self._seen or now - WINDOW).timestamp())

    def seen(self, until: datetime) -> None:
        """Note that everything made until then was looked at and is in order."""
        if self._seen is None:
            self._whole_at = self._clock()
        self._seen = until - _OVERLAP
