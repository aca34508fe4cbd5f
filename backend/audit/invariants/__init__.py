"""Every invariant, by family."""

from backend.audit.invariant import Invariant
from backend.audit.invariants import (
    access,
    logs,
    messages,
    money,
    orders,
    provider,
    refunds,
    seats,
    settling,
    tickets,
)

_MADE: tuple[Invariant, ...] = (
    *seats.INVARIANTS,
    *orders.INVARIANTS,
    *provider.INVARIANTS,
    *money.INVARIANTS,
    *refunds.INVARIANTS,
    *messages.INVARIANTS,
    *tickets.INVARIANTS,
    *settling.INVARIANTS,
    *access.INVARIANTS,
    *logs.INVARIANTS,
)


def _place(invariant: Invariant) -> int:
    """Sort by number; the lint of the logs comes last."""
    return int(invariant.name.removeprefix("I")) if invariant.name.startswith("I") else 1_000


ALL: tuple[Invariant, ...] = tuple(sorted(_MADE, key=_place))
