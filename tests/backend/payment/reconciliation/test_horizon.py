"""From when on the provider's lists are read."""

from datetime import UTC, datetime, timedelta

from backend.payment.reconciliation.horizon import Horizon

BEGAN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.at = BEGAN

    def __call__(self) -> datetime:
        return self.at


def asked(horizon: Horizon) -> datetime:
    return datetime.fromtimestamp(horizon.since(), UTC)


def test_two_days_are_read_first_and_then_what_is_new():
    clock = Clock()
    horizon = Horizon(clock)
    first = asked(horizon)
    horizon.seen(BEGAN)
    clock.at += timedelta(minutes=5)

    assert first == BEGAN - timedelta(hours=48)
    assert asked(horizon) == BEGAN - timedelta(minutes=1)


def test_a_round_that_did_not_end_is_read_again():
    horizon = Horizon(Clock())
    horizon.since()

    assert asked(horizon) == BEGAN - timedelta(hours=48)


def test_everything_is_read_once_a_day():
    clock = Clock()
    horizon = Horizon(clock)
    horizon.since()
    horizon.seen(BEGAN)
    clock.at += timedelta(hours=23)
    in_time = asked(horizon)
    horizon.seen(clock.at)
    clock.at += timedelta(hours=1)
    after_a_day = asked(horizon)
    horizon.seen(clock.at)

    assert in_time == BEGAN - timedelta(minutes=1)
    assert after_a_day == clock.at - timedelta(hours=48)
    assert asked(horizon) == clock.at - timedelta(minutes=1)
