"""A movies service that is told what to answer, and a clock that needs no time."""

from dataclasses import dataclass, field
from uuid import uuid4

import httpx2

from backend.auth.lookups.service import Clock
from backend.contracts.orders import Lookup
from backend.contracts.problems import Unavailable
from backend.contracts.problems_orders import OrderMissing
from backend.kit.errors import answer

ORDER = uuid4()
RIGHT = Lookup(reference="7K2M-P9QX-4TBD", code="ABCD-EFGH")
WRONG = Lookup(reference="7K2M-P9QX-4TBD", code="WXYZ-WXYZ")


@dataclass
class FakeTime:
    """Seconds that pass only when somebody waits or works."""

    now_s: float = 1000.0

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now_s, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class FakeMovies(httpx2.AsyncBaseTransport):
    """Knows one order, and takes longer to find it than to miss it."""

    time: FakeTime
    takes_s: float = 0.08
    is_up: bool = True
    bodies: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert str(request.url) == "http://movies:5002/lookups"
        self.bodies.append((await request.aread()).decode())
        self.tokens.append(request.headers["authorization"])
        if not self.is_up:
            return httpx2.Response(503, content=bytes(answer(Unavailable()).body))
        if self.bodies[-1] != RIGHT.model_dump_json():
            await self.time.sleep(0.01)
            return httpx2.Response(404, content=bytes(answer(OrderMissing()).body))
        await self.time.sleep(self.takes_s)
        return httpx2.Response(200, json={"order_id": str(ORDER)})
