"""How the demo buys: from the hold to the tickets, as any client of the services would."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from backend.client.errors import Unreachable
from backend.client.movies import MoviesClient
from backend.contracts.orders import OrderCreate, OrderPay, OrderRead, OrderState
from backend.onebox.demo.payment_page import PaymentPage

Token = Callable[[], Awaitable[str]]
_Answer = TypeVar("_Answer")

# A look costs as much as a twentieth of a sale, and most sales take about a second.
_LOOKS_S = (0.5, 0.5, *(1.0,) * 59)
_OPEN = frozenset({OrderState.HELD, OrderState.PAYING})
_ON_ITS_WAY = _OPEN | {OrderState.CONFIRMING, OrderState.PAID}


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody who buys, at the till or at home; `token` is asked anew for each use."""

    movies: MoviesClient
    page: PaymentPage
    token: Token

    async def hold(self, wanted: OrderCreate) -> OrderRead:
        """Hold seats; the same seats of the same screening again are the same order."""
        return await self.movies.create_order(wanted, token=await self.token(), key=_key(wanted))

    async def finish(
        self, order: OrderRead, *, email: str | None = None, cards: Sequence[str] = ("success",)
    ) -> OrderRead:
        """Pay with one card after the other and wait for the tickets.

        Raises what the services refuse, or Unreachable when an answer does not come.
        """
        if order.state in _OPEN:
            url = await _patiently(lambda: self._checkout(order.id, email))
            for card in cards if url else ():
                await self.page.pay(url, card)
        return await _patiently(lambda: self._settled(order.id))

    async def unfinished(self) -> list[OrderRead]:
        """Return our newest orders that an earlier run left unpaid."""
        mine = await self.movies.orders(token=await self.token())
        return [order for order in mine.orders if order.state in _OPEN]

    async def _checkout(self, order: UUID, email: str | None) -> str | None:
        """Press Pay; return the provider's page, nothing to pay as "", not yet known as None."""
        answer = await self.movies.pay(
            order, OrderPay(email=email), token=await self.token(), key=f"pay.{order}"
        )
        return answer.checkout_url or ("" if answer.state is not OrderState.PAYING else None)

    async def _settled(self, order: UUID) -> OrderRead | None:
        read = await self.movies.order(order, token=await self.token())
        return None if read.state in _ON_ITS_WAY else read


async def _patiently(look: Callable[[], Awaitable[_Answer | None]]) -> _Answer:
    """Look again and again until there is an answer; raises Unreachable after a minute."""
    for pause_s in _LOOKS_S:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(pause_s)
    raise Unreachable


def _key(wanted: OrderCreate) -> str:
    return hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()[:40]
