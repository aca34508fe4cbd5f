"""A guest who buys through the services' public addresses, and notes each step in the history."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from tests.faults.rig.history import History, Operation, Outcome
from tests.faults.rig.wire import Answer, InDoubt, NotSent, Wire

_EMAIL = "guest@guests.example"
_PAUSE_S, _LONGEST_PAUSE_S, _LOOKS = 0.15, 1.0, 400
OVER = frozenset({"ISSUED", "EXPIRED", "CANCELLED", "REFUNDED", "PART_REFUNDED", "REVIEW"})


@dataclass(frozen=True, slots=True)
class Wires:
    """The connections to the services that a buyer meets."""

    movies: Wire
    ticket: Wire
    simulator: Wire

    async def close(self) -> None:
        for wire in (self.movies, self.ticket, self.simulator):
            await wire.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the buyer saw of one step; no answer means in doubt."""

    operation: Operation
    answer: Answer | None

    @property
    def status(self) -> int | None:
        return None if self.answer is None else self.answer.status

    @property
    def is_ok(self) -> bool:
        return self.answer is not None and self.answer.status < 400

    @property
    def body(self) -> Mapping[str, Any]:
        return {} if self.answer is None else self.answer.json()

    @property
    def code(self) -> str:
        """The problem's name, or nothing."""
        return str(self.body.get("error", "")) if not self.is_ok else ""


class Buyer:
    """One guest. `tries` is how often a step is sent, under its one key, until it is certain."""

    def __init__(
        self, wires: Wires, history: History, *, subject: str, token: str, dice: Random
    ) -> None:
        self.subject = subject
        self.token = token
        self.wires = wires
        self._history = history
        self._dice = dice

    async def hold(
        self, screening: UUID, seats: Sequence[int], *, tries: int = 1, key: str | None = None
    ) -> Seen:
        """Hold seats: POST /orders."""
        body = {"screening_id": str(screening), "lines": [{"seat": seat} for seat in seats]}
        key = key or self.new_key()
        operation = self._history.begin(
            "hold", self.subject, route="POST /orders", key=key, seats=list(seats)
        )
        return await self.step(operation, "POST", "/orders", body, tries=tries)

    async def pay(self, order: str, *, tries: int = 1) -> Seen:
        """Press Pay: POST /orders/{id}/pay."""
        return await self._order_step("pay", order, {"email": _EMAIL}, tries=tries)

    async def release(self, order: str, *, tries: int = 1) -> Seen:
        """Let the hold go."""
        return await self._order_step("release", order, None, tries=tries)

    async def close_payment(self, order: str, *, tries: int = 1) -> Seen:
        """Ask to end the open payment."""
        return await self._order_step("close-payment", order, None, tries=tries)

    async def press(self, url: str, order: str, card: str = "success") -> Seen:
        """Pay on the provider's page with a test card."""
        operation = self._history.begin("card", self.subject, card=card)
        operation.order = order
        path = urlsplit(url).path
        return await self.step(operation, "POST", path, urlencode({"card": card}).encode())

    async def read(self, order: str) -> Mapping[str, Any] | None:
        """Look at the order; nothing when there is no good answer."""
        try:
            answer = await self.wires.movies.request(
                "GET", f"/orders/{order}", headers=self._headers()
            )
        except (InDoubt, NotSent):
            return None
        return answer.json() if answer.status == 200 else None

    async def until_over(self, order: str, looks: int = _LOOKS) -> str:
        """Wait for the end of an order and return its state; what is not over is its last one."""
        state = ""
        for _ in range(looks):
            found = await self.read(order)
            state = str(found["state"]) if found else state
            if state in OVER:
                break
            await asyncio.sleep(_PAUSE_S)
        return state

    async def buy(self, screening: UUID, seats: Sequence[int], *, tries: int = 8) -> str | None:
        """Hold, pay, and press the button of the good card; return the order, if there is one.

        Every step is sent again under its key until it is certain, up to `tries` times.
        """
        held = await self.hold(screening, seats, tries=tries)
        if not held.is_ok:
            return None
        order = str(held.body["id"])
        for _ in range(tries):
            paid = await self.pay(order, tries=tries)
            url = paid.body.get("checkout_url") if paid.is_ok else None
            if url:
                pressed = await self.press(str(url), order)
                if pressed.is_ok:
                    break
            elif not paid.is_ok and paid.answer is not None and paid.answer.status < 500:
                break
            await asyncio.sleep(_PAUSE_S)
        return order

    def new_key(self) -> str:
        """Return an idempotency key of the run's own dice."""
        return f"{self._dice.getrandbits(128):032x}"

    async def step(
        self,
        operation: Operation,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        tries: int = 1,
        wire: Wire | None = None,
    ) -> Seen:
        """Send one operation, again under the same key while it is in doubt."""
        seen = Seen(operation, None)
        is_form = isinstance(body, bytes)
        wire = wire or (self.wires.simulator if is_form else self.wires.movies)
        content = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        for attempt in range(tries):
            if attempt:
                await asyncio.sleep(min(_LONGEST_PAUSE_S, _PAUSE_S * attempt))
            self._history.sent(operation)
            headers = _FORM if is_form else self._headers(operation.key)
            seen = await self._sent(operation, wire, (method, path), headers=headers, body=content)
            if seen.answer is not None and seen.answer.status < 500:
                break
        return seen

    async def _sent(
        self,
        operation: Operation,
        wire: Wire,
        line: tuple[str, str],
        *,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Seen:
        try:
            answer = await wire.request(*line, headers=headers, body=body)
        except NotSent:
            self._history.saw(operation, Outcome.FAILED)
            return Seen(operation, None)
        except InDoubt:
            self._history.saw(operation, Outcome.IN_DOUBT)
            return Seen(operation, None)
        # A commit that failed has perhaps happened: a server's error is no answer.
        outcome = (
            Outcome.OK
            if answer.status < 400
            else Outcome.FAILED
            if answer.status < 500
            else Outcome.IN_DOUBT
        )
        order = None
        if outcome is Outcome.OK and operation.kind == "hold":
            order = str(answer.json()["id"])
        self._history.saw(operation, outcome, status=answer.status, order=order)
        return Seen(operation, answer)

    async def _order_step(
        self, name: str, order: str, body: Mapping[str, Any] | None, *, tries: int
    ) -> Seen:
        operation = self._history.begin(
            name, self.subject, route=f"POST /orders/{{order_id}}/{name}", key=self.new_key()
        )
        operation.order = order
        return await self.step(operation, "POST", f"/orders/{order}/{name}", body, tries=tries)

    def _headers(self, key: str | None = None) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return headers if key is None else {**headers, "idempotency-key": key}


_FORM = {"content-type": "application/x-www-form-urlencoded", "origin": "null"}


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()
