"""The provider as its switches and its own tables show it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from psycopg.rows import DictRow, dict_row

from tests.faults.rig.scenario import Scenario

_JSON = {"content-type": "application/json"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_PAYMENTS = """
    SELECT split_part(s.body ->> 'client_reference_id', '.', 1) AS order_id,
           s.body ->> 'client_reference_id' AS reference, s.id AS session_id,
           i.id AS intent_id, coalesce(i.status, s.status) AS status,
           coalesce(i.amount_received, 0) AS taken_minor,
           CASE WHEN i.amount_received > 0 THEN c.amount_refunded ELSE 0 END AS back_minor
    FROM checkout_session s LEFT JOIN payment_intent i ON i.id = s.payment_intent
    LEFT JOIN charge c ON c.payment_intent = i.id AND c.status = 'succeeded'
    WHERE split_part(s.body ->> 'client_reference_id', '.', 1) = ANY(%s) ORDER BY s.seq
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """A session of an order at the provider, and what it took and gave back."""

    order_id: str
    reference: str
    session_id: str
    intent_id: str | None
    status: str
    taken_minor: int
    back_minor: int


class Provider:
    """What a test does to the provider, and what it reads there."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._wire = scenario.wires.simulator

    async def fault(self, **faults: Any) -> None:
        """Put a set of faults on, in the place of the one before."""
        await self._send("POST", "/_faults", faults)

    async def end(self) -> None:
        """Let nothing go wrong any more."""
        await self._send("DELETE", "/_faults", None)

    async def strikes(self) -> list[int]:
        """Return how often each fault of the set has struck."""
        found: list[int] = (await self._send("GET", "/_faults", None))["strikes"]
        return found

    async def act(self, action: str, **facts: Any) -> Any:
        """Do something in the dashboard."""
        return await self._send("POST", "/_dashboard", {"action": action, **facts})

    async def payments(self, orders: Collection[str]) -> dict[str, list[Payment]]:
        """Return the payments of each order."""
        found: dict[str, list[Payment]] = {order: [] for order in orders}
        for row in await rows_of(self._scenario, "simulator", _PAYMENTS, list(orders)):
            found[row["order_id"]].append(Payment(**row))
        return found

    async def only(self, order: str) -> Payment:
        """Return the only payment of an order."""
        (one,) = (await self.payments([order]))[order]
        return one

    async def try_to(self, action: str, **facts: Any) -> int:
        """Do something in the dashboard that may be too late; return the status of the answer."""
        body = json.dumps({"action": action, **facts}).encode()
        answer = await self._wire.request("POST", "/_dashboard", headers=_JSON, body=body)
        return answer.status

    async def press(self, url: str) -> None:
        """Pay a page with a good card."""
        path = urlsplit(url).path
        form = urlencode({"card": "success"}).encode()
        answer = await self._wire.request("POST", path, headers=_FORM, body=form)
        assert answer.status == 303, answer.body

    async def api(self, path: str, form: Mapping[str, str] | None = None) -> Any:
        """Call the provider's API with the cinema's key, as somebody does who has it."""
        key = self._scenario.cinema.secrets.stripe_key
        body = urlencode(form or {}).encode()
        answer = await self._wire.request(
            "GET" if form is None else "POST",
            path,
            headers={**_FORM, "authorization": f"Bearer {key}"},
            body=body,
        )
        assert answer.status == 200, answer.body
        return answer.json()

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        answer = await self._wire.request(method, path, headers=_JSON, body=content)
        assert answer.status == 200, answer.body
        return answer.json()


async def rows_of(
    scenario: Scenario, service: str, statement: str, *values: object
) -> list[DictRow]:
    """Read a service's own tables."""
    async with await psycopg.AsyncConnection.connect(
        scenario.cinema.dsns()[service], autocommit=True, row_factory=dict_row
    ) as connection:
        return await (await connection.execute(statement, values)).fetchall()
