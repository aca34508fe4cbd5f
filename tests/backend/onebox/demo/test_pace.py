"""The pace: work is followed by so much rest that its share of the time stays what was asked."""

from backend.onebox.demo.pace import Pace


class Rests(list[float]):
    """Remembers each sleep instead of sleeping."""

    async def sleep(self, seconds: float) -> None:
        """Fall asleep and wake at once."""
        self.append(seconds)


def _pace(share: float, *, spent: list[float], passed: list[float]) -> tuple[Pace, Rests]:
    rests = Rests()
    clocks = {"spent": iter(spent).__next__, "passed": iter(passed).__next__}
    return Pace(share, **clocks, sleep=rests.sleep), rests


async def test_a_second_of_work_in_a_second_rests_for_another_at_half_share():
    pace, rests = _pace(0.5, spent=[0, 1, 1], passed=[0, 1, 2])

    await pace.rest()

    assert rests == [1.0]


async def test_work_that_waited_anyway_rests_no_more():
    pace, rests = _pace(0.5, spent=[0, 1, 1], passed=[0, 5, 5])

    await pace.rest()

    assert rests == []


async def test_time_before_the_last_rest_does_not_count_again():
    pace, rests = _pace(0.5, spent=[0, 1, 1, 2, 2], passed=[0, 1, 2, 3, 4])

    await pace.rest()
    await pace.rest()

    assert rests == [1.0, 1.0]


async def test_no_rest_is_longer_than_two_seconds():
    pace, rests = _pace(0.1, spent=[0, 1, 1], passed=[0, 1, 1])

    await pace.rest()

    assert rests == [2.0]
