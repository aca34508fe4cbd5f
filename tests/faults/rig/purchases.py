"""Many purchases side by side, while something goes wrong around them."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import httpx2

from cli.purchase import buy_two
from cli.visitor import PageWrong, Visitor
from tests.faults.rig.history import Outcome
from tests.faults.rig.house import Show
from tests.faults.rig.scenario import Scenario

AT_ONCE = 16
_ROOM = 400
_TRIES = 40


async def purchases(
    scenario: Scenario, count: int, trouble: Callable[[int], Awaitable[None]]
) -> list[str | None]:
    """Buy `count` times one or two seats; `trouble(n)` is called when the n-th one begins.

    Some buyers want the same seats, some let go, some give the card page a card that is refused.
    """
    shows = [await scenario.house.show(seats=_ROOM) for _ in range(-(-count * 2 // _ROOM))]

    async def buy(number: int) -> str | None:
        await trouble(number)
        return await _buy(scenario, shows[number % len(shows)])

    return await scenario.crowd([partial(buy, number) for number in range(count)], AT_ONCE)


async def _buy(scenario: Scenario, show: Show) -> str | None:
    dice, buyer = scenario.dice, scenario.buyer()
    seats = dice.sample(show.seats, dice.choice((1, 2)))
    whim = dice.random()
    if whim < 0.05:
        held = await buyer.hold(show.id, seats, tries=_TRIES)
        return str(held.body["id"]) if held.is_ok else None
    order = await buyer.buy(show.id, seats, tries=_TRIES)
    if order is not None and whim > 0.97:
        await buyer.close_payment(order, tries=_TRIES)
    return order


async def visit(scenario: Scenario) -> None:
    """Buy two tickets page by page through the site, as a person does."""
    operation = scenario.history.begin("site", "visitor")
    scenario.history.sent(operation)
    async with httpx2.AsyncClient(timeout=20, trust_env=False) as http:
        try:
            bought = await buy_two(
                Visitor(http), scenario.cinema.addresses["web"], lambda _step: None
            )
        except (PageWrong, httpx2.TransportError):
            scenario.history.saw(operation, Outcome.IN_DOUBT)
            raise
    scenario.history.saw(operation, Outcome.OK)
    assert bought.pdf.startswith(b"%PDF-")


class Schedule:
    """When trouble comes: at some of the beginnings, after a moment of chance, one at a time."""

    def __init__(self, scenario: Scenario, *, beginnings: int, times: int) -> None:
        self._dice = scenario.dice
        # Not at the very first or last: there is nothing under way then.
        among = range(min(5, beginnings - 1), max(6, beginnings - 5))
        self._at = set(self._dice.sample(among, min(times, len(among))))
        self._turn = asyncio.Lock()

    async def due(self, number: int, act: Callable[[], Awaitable[None]]) -> None:
        """Act, if trouble comes with this beginning."""
        if number not in self._at:
            return
        async with self._turn:
            await asyncio.sleep(self._dice.uniform(0, 0.6))
            await act()
