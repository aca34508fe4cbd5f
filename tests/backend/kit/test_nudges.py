"""Nudges reach whoever listens to their topic, and nobody else."""

from backend.kit.nudges import InProcessNudges


async def test_nudge_sets_the_event_of_each_listener_of_its_topic():
    nudges = InProcessNudges()
    async with nudges.listen("a") as one, nudges.listen("a") as two, nudges.listen("b") as other:
        nudges.send("a")

        assert [event.is_set() for event in (one, two, other)] == [True, True, False]


async def test_nudge_that_nobody_hears_is_lost_and_nothing_stays():
    nudges = InProcessNudges()
    async with nudges.listen("a") as one:
        pass
    nudges.send("a")

    assert not one.is_set()
    assert nudges._events == {}
