"""What the clients did and what they saw, in JSON lines: invoked, then ok, failed or in doubt.

The checker compares it with the databases (I12). An operation is one intent under one key: sent
again, it is the same operation, and one good answer settles it.
"""

import json
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO


class Outcome(StrEnum):
    """What a client knows about its operation."""

    INVOKED = "invoked"
    OK = "ok"
    FAILED = "failed"
    IN_DOUBT = "in doubt"


@dataclass(slots=True)
class Operation:
    """One intent of one client. `route` and `key` are those of its idempotency row."""

    number: int
    kind: str
    principal: str
    route: str
    key: str
    outcome: Outcome = Outcome.INVOKED
    status: int | None = None
    order: str | None = None
    sent: int = 0
    was_in_doubt: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


class History:
    """The operations of one scenario."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.operations: list[Operation] = []
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._began = time.monotonic()

    def begin(
        self, kind: str, principal: str, *, route: str = "", key: str = "", **facts: Any
    ) -> Operation:
        """Note a new operation; it is invoked by `sent`."""
        operation = Operation(len(self.operations), kind, principal, route, key, facts=facts)
        self.operations.append(operation)
        return operation

    def sent(self, operation: Operation) -> None:
        """Note that a request is on its way."""
        operation.sent += 1
        self._write(operation, Outcome.INVOKED)

    def saw(
        self,
        operation: Operation,
        outcome: Outcome,
        *,
        status: int | None = None,
        order: str | None = None,
    ) -> None:
        """Note what came of it: one good answer settles an operation, a doubt stays a doubt."""
        operation.status = status
        operation.order = order or operation.order
        operation.was_in_doubt |= outcome is Outcome.IN_DOUBT
        is_settled = operation.outcome is Outcome.OK
        if not is_settled:
            is_doubt = operation.was_in_doubt and outcome is Outcome.FAILED
            operation.outcome = Outcome.IN_DOUBT if is_doubt else outcome
        self._write(operation, outcome)

    def of(self, kind: str, outcome: Outcome | None = None) -> list[Operation]:
        """Return the operations of a kind, or those of them with an outcome."""
        found = [one for one in self.operations if one.kind == kind]
        return found if outcome is None else [one for one in found if one.outcome is outcome]

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._file.close()

    def _write(self, operation: Operation, event: Outcome) -> None:
        line = {
            "t": round(time.monotonic() - self._began, 4),
            "n": operation.number,
            "event": str(event),
            "kind": operation.kind,
            "principal": operation.principal,
            "key": operation.key,
            "status": operation.status,
            "order": operation.order,
            **operation.facts,
        }
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
