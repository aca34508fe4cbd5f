"""The onebox with a ledger: `python -m bench.stage.accounted FOLDER`; SIGUSR1 prints the costs.

It is the same cinema in the same launcher; only its tasks and applications are charged by name.
Used to tell the parts of a purchase apart, never to measure the whole.
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from backend.onebox import opening
from backend.ticket.documents import rendering
from backend.ticket.documents.drawing import Document
from backend.ticket.issuing.facts import PaidOrder
from bench.stage.ledger import PDF, Ledger
from tests.support.onebox import main as run_onebox

_LEDGER = Ledger()


class _Charged:
    """The outermost layer of an application."""

    def __init__(self, app: Any, *, name: str) -> None:
        self._app = _LEDGER.account(name, app)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)


def main() -> None:
    """Open the cinema with every application charged by its name."""
    applications, render = vars(opening)["applications"], rendering.render

    def charged(*given: Any) -> dict[str, Any]:
        apps: dict[str, Any] = applications(*given)
        for name, app in apps.items():
            app.add_middleware(_Charged, name=name)
        loop = asyncio.get_running_loop()
        loop.set_task_factory(_LEDGER.task)
        loop.add_signal_handler(signal.SIGUSR1, _tell)
        return apps

    def drawn(order: PaidOrder, document: Document) -> bytes:
        began = time.thread_time()
        content = render(order, document)
        _LEDGER.costs[PDF] += time.thread_time() - began
        return content

    _replace(opening, "applications", charged)
    _replace(rendering, "render", drawn)
    run_onebox()


def _replace(module: ModuleType, name: str, made: Callable[..., Any]) -> None:
    setattr(module, name, made)


def _tell() -> None:
    _LEDGER.switch(_LEDGER.switch("telling"))
    os.write(1, f"{json.dumps(_LEDGER.costs)}\n".encode())


if __name__ == "__main__":
    main()
