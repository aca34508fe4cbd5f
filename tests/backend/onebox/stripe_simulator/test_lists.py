"""Every list comes as the provider's does: the newest first, page after page, within a time."""

from typing import Any

import pytest
import stripe

from tests.backend.onebox.stripe_simulator.rig import Rig

pytestmark = pytest.mark.integration
LISTS = ("sessions", "intents", "charges", "refunds", "movements", "disputes", "events")


def listing(rig: Rig, name: str) -> Any:
    v1 = rig.stripe.v1
    return {
        "sessions": v1.checkout.sessions,
        "intents": v1.payment_intents,
        "charges": v1.charges,
        "refunds": v1.refunds,
        "movements": v1.balance_transactions,
        "disputes": v1.disputes,
        "events": v1.events,
    }[name].list_async


async def busy_day(rig: Rig) -> None:
    """Make some of everything, a minute apart."""
    for _ in range(3):
        await rig.paid_session()
        refunded = await rig.intent("pm_card_visa")
        await rig.stripe.v1.refunds.create_async({"payment_intent": refunded.id})
        await rig.intent("pm_card_createDispute")
        rig.clock.pass_by(minutes=1)
        await rig.settle()


async def pages(ask: Any) -> list[list[str]]:
    """Return the ids of each page of two."""
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    for _ in range(60):
        page = await ask({"limit": 2, **cursor})
        found.append([one.id for one in page.data])
        if not page.has_more:
            return found
        cursor = {"starting_after": page.data[-1].id}
    message = "the pages never end"
    raise AssertionError(message)


@pytest.mark.parametrize("name", LISTS)
async def test_pages_are_the_list_and_each_thing_is_on_one(rig: Rig, name: str):
    await busy_day(rig)
    ask = listing(rig, name)
    every = [one.id for one in (await ask({"limit": 100})).data]

    found = await pages(ask)

    assert [one for page in found for one in page] == every
    assert len(every) >= 3
    assert {len(page) for page in found[:-1]} <= {2}


@pytest.mark.parametrize("name", LISTS)
async def test_pages_walk_back_as_well(rig: Rig, name: str):
    await busy_day(rig)
    ask = listing(rig, name)
    every = [one.id for one in (await ask({"limit": 100})).data]

    page = await ask({"limit": 2, "ending_before": every[-1]})

    assert [one.id for one in page.data] == every[-3:-1]


@pytest.mark.parametrize("name", LISTS)
async def test_bounds_of_time_are_kept(rig: Rig, name: str):
    await busy_day(rig)
    ask = listing(rig, name)
    every = (await ask({"limit": 100})).data
    middle = sorted({one.created for one in every})[1]

    newer = await ask({"limit": 100, "created": {"gte": middle}})
    older = await ask({"limit": 100, "created": {"lt": middle}})
    exact = await ask({"limit": 100, "created": middle})

    assert [one.id for one in newer.data] + [one.id for one in older.data] == [
        one.id for one in every
    ]
    assert {one.created for one in exact.data} == {middle}
    assert min(len(newer.data), len(older.data)) > 0


async def test_page_of_more_than_a_hundred_is_refused(rig: Rig):
    with pytest.raises(stripe.InvalidRequestError, match="less than or equal to 100"):
        await rig.stripe.v1.charges.list_async({"limit": 101})


async def test_cursor_that_is_not_there_is_refused(rig: Rig):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await rig.stripe.v1.charges.list_async({"starting_after": "ch_none"})

    assert (refused.value.code, refused.value.param) == ("resource_missing", "starting_after")
