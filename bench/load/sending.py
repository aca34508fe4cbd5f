"""The two ways to send: as fast as answers come, or at a steady rate whatever comes."""

import asyncio
import time
from collections import Counter, deque
from itertools import cycle
from pathlib import Path

from bench.load.connection import Connection
from bench.load.plans import Plan, Sent, load

_DRAIN_S = 10.0


class Sending:
    """Carries out one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        prepared = load(Path(plan.requests))
        self._requests = enumerate(cycle(list(prepared)) if plan.repeats else list(prepared))
        self._idle: deque[Connection] = deque()
        self._due: deque[float] = deque()
        self._open: list[Connection] = []
        self._flying = 0
        self._until = 0.0
        self._times_ms: list[float] = []
        self._statuses: Counter[str] = Counter()
        self._kept: dict[str, str] = {}
        self._finished = asyncio.Event()

    async def connect(self) -> None:
        """Open every connection."""
        loop = asyncio.get_running_loop()
        for _ in range(self._plan.connections):
            _, connection = await loop.create_connection(
                lambda: Connection(self._answered), self._plan.host, self._plan.port
            )
            self._open.append(connection)
        self._idle.extend(self._open)

    async def send(self) -> Sent:
        """Send, and return what came of it."""
        began, cpu = time.monotonic(), time.process_time()
        self._until = began + self._plan.seconds
        if self._plan.mode == "paced":
            await self._pace(began)
        else:
            self._rush()
        async with asyncio.timeout(self._plan.seconds + _DRAIN_S):
            await self._finished.wait()
        seconds = time.monotonic() - began
        for connection in self._open:
            connection.close()
        return Sent(
            seconds, time.process_time() - cpu, self._times_ms, dict(self._statuses), self._kept
        )

    def _rush(self) -> None:
        while self._idle:
            self._next(self._idle.popleft(), time.monotonic())

    async def _pace(self, began: float) -> None:
        for number in range(int(self._plan.rate * self._plan.seconds)):
            due = began + number / self._plan.rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self._idle:
                self._next(self._idle.popleft(), due)
            else:
                self._due.append(due)
        self._until = 0.0
        self._end_if_idle()

    def _next(self, connection: Connection, at: float) -> None:
        found = next(self._requests, None)
        if found is None:
            self._until = 0.0
            self._idle.append(connection)
            self._end_if_idle()
            return
        self._flying += 1
        connection.send(found[1], found[0], at)

    def _answered(self, connection: Connection, status: int, body: bytes) -> None:
        now = time.monotonic()
        self._flying -= 1
        self._times_ms.append((now - connection.sent_at) * 1000)
        self._statuses[str(status)] += 1
        if connection.number in self._plan.keeps:
            self._kept[str(connection.number)] = body.decode()
        if self._due:
            self._next(connection, self._due.popleft())
        elif self._plan.mode == "closed" and now < self._until:
            self._next(connection, now)
        else:
            self._idle.append(connection)
            self._end_if_idle()

    def _end_if_idle(self) -> None:
        is_over = time.monotonic() >= self._until
        if not self._flying and not self._due and is_over:
            self._finished.set()
