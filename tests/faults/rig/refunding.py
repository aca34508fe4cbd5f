"""A manager gives money back for lines of an order."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from tests.faults.rig.scenario import Scenario
from tests.faults.rig.wire import Answer

_PAUSE_S, _LOOKS = 0.1, 600


async def give_back(scenario: Scenario, order: str, lines: list[int]) -> None:
    """Ask for a refund; the seats shall be free."""
    body = {"lines": lines, "seats": "free", "reason": "a test of refunds"}
    answer = await _as_manager(scenario, "POST", f"/orders/{order}/refunds", body)
    assert answer.status == 200, answer.body


async def until_given_back(scenario: Scenario, order: str) -> str:
    """Wait until the refund has ended and return the order's state."""
    state = "REFUNDING"
    for _ in range(_LOOKS):
        answer = await _as_manager(scenario, "GET", f"/orders/{order}")
        state = str(answer.json()["state"])
        if state != "REFUNDING":
            break
        await asyncio.sleep(_PAUSE_S)
    return state


async def _as_manager(
    scenario: Scenario, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Answer:
    headers = {
        "authorization": f"Bearer {await scenario.staff.token('manager')}",
        "content-type": "application/json",
        "idempotency-key": f"{scenario.dice.getrandbits(128):032x}",
    }
    content = b"" if body is None else json.dumps(body).encode()
    return await scenario.wires.movies.request(method, path, headers=headers, body=content)
