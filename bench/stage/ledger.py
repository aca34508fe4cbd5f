"""Who spends the CPU inside of the onebox: each step of each task is charged to an application.

An application that calls another one within the process is charged for itself alone. What is in
no task, that is the loop, sockets and the reading of HTTP, is charged to the loop.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

LOOP, NOBODY, PDF = "event loop, sockets, HTTP", "other tasks", "PDF"
_PART: ContextVar[str] = ContextVar("part", default=NOBODY)


class Ledger:
    """CPU seconds of the loop's thread by part."""

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        self.costs: dict[str, float] = defaultdict(float)
        self._clock = clock
        self._part = LOOP
        self._since = clock()

    def switch(self, part: str) -> str:
        """Charge what was spent since the last switch; return the part that it was charged to."""
        now, before = self._clock(), self._part
        self.costs[before] += now - self._since
        self._part, self._since = part, now
        return before

    def account(self, app_name: str, app: ASGIApp) -> ASGIApp:
        """Return an application whose steps are charged to its name."""

        async def accounted(scope: Scope, receive: Receive, send: Send) -> None:
            token = _PART.set(app_name)
            try:
                await _Steps(self, app_name, app(scope, receive, send))  # type: ignore[arg-type]  # -- applications are coroutine functions
            finally:
                _PART.reset(token)

        return accounted

    def task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Any, /, **more: Any
    ) -> "asyncio.Task[Any]":
        """Make a task whose steps are charged to who made it: a loop's task factory."""
        return asyncio.Task(_Steps(self, _PART.get(), coroutine), loop=loop, **more)


class _Steps(Coroutine[Any, Any, Any]):
    """A coroutine that is charged step by step."""

    def __init__(self, ledger: Ledger, part: str, inner: Coroutine[Any, Any, Any]) -> None:
        self._ledger = ledger
        self._part = part
        self._inner = inner

    def send(self, value: Any) -> Any:
        """Go on for one step."""
        before = self._ledger.switch(self._part)
        try:
            return self._inner.send(value)
        finally:
            self._ledger.switch(before)

    def throw(
        self,
        kind: Any,
        value: BaseException | object = None,
        trace: TracebackType | None = None,
    ) -> Any:
        """Go on with an exception for one step."""
        before = self._ledger.switch(self._part)
        error = kind if value is None else value
        del trace
        try:
            return self._inner.throw(error)  # type: ignore[arg-type]  # -- an exception or its class
        finally:
            self._ledger.switch(before)

    def close(self) -> None:
        """End it."""
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waits = self.send(value) if error is None else self.throw(error)
            except StopIteration as end:
                return end.value
            value, error = None, None
            try:
                value = yield waits
            # Whatever is thrown in is thrown on: into the coroutine that waits.
            except BaseException as caught:  # noqa: BLE001 -- handed to the coroutine
                error = caught
