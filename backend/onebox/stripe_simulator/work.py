"""One unit of work: the transaction it runs in, the time it has, and who asked for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.kit.database import Connection
from backend.onebox.stripe_simulator.settings import SimulatorSettings


@dataclass(slots=True)
class Work:
    """Passed to everything that reads or changes objects; `emitted` tells whom to wake after."""

    connection: Connection
    settings: SimulatorSettings
    at: datetime
    request_id: str | None = None
    idempotency_key: str | None = None
    emitted: bool = False

    @property
    def now(self) -> int:
        """The time as the provider writes it: whole seconds since 1970."""
        return int(self.at.timestamp())

    async def later(self, after: timedelta, action: str, object_id: str) -> None:
        """Have an action of `passing` done when the time has come."""
        await self.connection.execute(
            "INSERT INTO due (due_at, action, object_id) VALUES (%s, %s, %s)",
            (self.at + after, action, object_id),
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What a call asks: the object named in its path, and its parameters, already checked."""

    identity: str = ""
    params: dict[str, Any] = field(default_factory=dict)
