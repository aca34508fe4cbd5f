"""What buyers, staff and the provider's dashboard do with one order: the kinds of F17 and F20."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from tests.faults.amounts import is_full
from tests.faults.payments.ends import End
from tests.faults.payments.provider import Provider
from tests.faults.rig.buyers import Buyer
from tests.faults.rig.house import Show
from tests.faults.rig.scenario import Scenario

_PAUSE_S, _LOOKS = 0.15, 200
# An adult's seat in the rig's house: its price and its fee.
PRICE_MINOR = 3_200 + 150
PAIR_MINOR = 2 * PRICE_MINOR

Early = Callable[[str], Awaitable[None]]


class Visit:
    """A buyer, two seats, and what comes of them; `early` is called before Pay is pressed."""

    def __init__(
        self, scenario: Scenario, provider: Provider, show: Show, *, early: Early | None = None
    ) -> None:
        self._provider = provider
        self._show = show
        self._early = early
        self._buyer: Buyer = scenario.buyer()
        self.order = ""

    async def hold(self, place: int) -> None:
        """Hold the two seats of a place."""
        seats = self._show.seats[2 * place : 2 * place + 2]
        held = await self._buyer.hold(self._show.id, seats)
        assert held.is_ok, held.body
        self.order = str(held.body["id"])
        if self._early is not None:
            await self._early(self.order)

    async def page(self) -> str:
        """Press Pay until there is a page to pay on, or none will come: the order is over."""
        paid = await self._buyer.pay(self.order, tries=3)
        for _ in range(_LOOKS):
            url = paid.body.get("checkout_url") if paid.is_ok else None
            if url:
                return str(url)
            if paid.code in {"HoldExpired", "OrderOver"}:
                # What could not be opened at all ends; the provider's errors may do that.
                return ""
            await asyncio.sleep(_PAUSE_S)
            paid = await self._buyer.pay(self.order, tries=3)
        message = f"{self.order} never got a page: {paid.status} {paid.code}"
        raise AssertionError(message)

    async def press(self, card: str = "success") -> None:
        """Pay with a test card."""
        await self.press_at(await self.page(), card)

    async def press_at(self, page: str, card: str = "success") -> None:
        """Pay on a page that is open; an order that ended without one has none."""
        if page:
            await self._buyer.press(page, self.order, card)

    async def leave_page(self) -> None:
        """Go back from the provider's page, and let the seats go if they are held again."""
        await self.page()
        await self._buyer.close_payment(self.order, tries=3)
        for _ in range(_LOOKS):
            found = await self._buyer.read(self.order)
            if found and found["state"] not in {"PAYING", "CONFIRMING"}:
                break
            await asyncio.sleep(_PAUSE_S)
        await self._buyer.release(self.order)

    async def until_over(self) -> str:
        """Wait for the order's end and return its state."""
        return await self._buyer.until_over(self.order)

    async def leave(self) -> None:
        """Let the seats go, or the payment."""
        found = await self._buyer.read(self.order)
        if found and found["state"] == "PAYING":
            await self.close()
        await self._buyer.release(self.order)

    async def buy(self, card: str = "success") -> None:
        """Pay, and wait for the tickets."""
        await self.press(card)
        state = await self._buyer.until_over(self.order)
        assert state == "ISSUED", f"{self.order} is {state}"

    async def close(self) -> None:
        """Give up at the provider's page, and wait until the seats are only held again."""
        await self.page()
        await self._buyer.close_payment(self.order)
        for _ in range(_LOOKS):
            found = await self._buyer.read(self.order)
            if found and found["state"] == "HELD":
                return
            await asyncio.sleep(_PAUSE_S)
        message = f"{self.order} is still being paid"
        raise AssertionError(message)

    async def intent(self) -> str:
        """Return the payment that took the money."""
        paid = [
            one
            for one in (await self._provider.payments([self.order]))[self.order]
            if one.taken_minor
        ]
        (one,) = paid
        assert one.intent_id is not None
        return one.intent_id

    async def act(self, action: str, **facts: object) -> None:
        """Do something to the order's payment in the dashboard."""
        await self._provider.act(action, intent=await self.intent(), **facts)


async def _plain(visit: Visit) -> None:
    await visit.buy()


async def _declined_first(visit: Visit) -> None:
    await visit.press("decline")
    await visit.buy()


async def _second_thought(visit: Visit) -> None:
    await visit.close()
    await visit.buy()


async def _lapsed(visit: Visit) -> None:
    """Leave the page open: the deadline closes it."""
    await visit.page()


async def _dashboard_refund(visit: Visit) -> None:
    await visit.buy()
    await visit.act("refund")


async def _dashboard_part(visit: Visit) -> None:
    await visit.buy()
    await visit.act("refund", amount=PRICE_MINOR)


async def _disputed(visit: Visit) -> None:
    await visit.buy()
    await visit.act("dispute")


SOLD = End("ISSUED", 2, PAIR_MINOR, 0, 1)
Kind = tuple[Callable[[Visit], Awaitable[None]], End]
# By name: what is done, and how the order ends.
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "plain": (_plain, SOLD),
        "declined first": (_declined_first, SOLD),
        "second thought": (_second_thought, SOLD),
        "dashboard refund": (_dashboard_refund, End("REFUNDED", 0, PAIR_MINOR, PAIR_MINOR, 0)),
        "dashboard part": (_dashboard_part, End("REVIEW", 2, PAIR_MINOR, PRICE_MINOR, 1)),
        "disputed": (_disputed, SOLD),
        "lapsed": (_lapsed, End("EXPIRED", 0, 0, 0, 0)),
    }
)


def kinds() -> Mapping[str, Kind]:
    """Return the kinds of this run: the one that lapses takes its time."""
    return {name: kind for name, kind in _KINDS.items() if is_full() or name != "lapsed"}
