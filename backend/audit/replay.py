"""Replays the log of a screening's seats, event by event, and says what may never happen.

Pure: it is given the log's rows in their order and keeps who has which seat.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

State = Literal["HELD", "PAYING", "SOLD", "BLOCKED"]
_AFTER: Mapping[str, State] = {
    "HOLD": "HELD",
    "PAY": "PAYING",
    "SELL": "SOLD",
    "REOPEN": "HELD",
    "BLOCK": "BLOCKED",
}
# From which states a seat may come; None is a free seat.
_BEFORE: Mapping[str, frozenset[State | None]] = {
    "HOLD": frozenset({None, "HELD"}),
    "PAY": frozenset({"HELD"}),
    "SELL": frozenset({None, "HELD", "PAYING"}),
    "REOPEN": frozenset({"PAYING"}),
    "EXTEND": frozenset({"HELD"}),
    "BLOCK": frozenset({"SOLD"}),
    "RELEASE": frozenset({"HELD", "PAYING", "SOLD"}),
    "EXPIRE": frozenset({"HELD"}),
    "TAKE_OVER": frozenset({"HELD"}),
}
_BY_TIME = frozenset({"EXPIRE", "TAKE_OVER"})
_LEAVES = frozenset({"RELEASE"}) | _BY_TIME


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a seat, in which state, and until when."""

    order_id: UUID
    state: State
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Breach:
    """What an event breaks: the invariant, a sentence, the seat and who had it before."""

    invariant: Literal["I1", "I6", "LOG"]
    what: str
    seat: int
    before: Claim | None
    event: Mapping[str, Any]


class SeatLog:
    """The seats of one screening as its log tells them."""

    def __init__(self) -> None:
        self.claims: dict[int, Claim] = {}

    def apply(self, event: Mapping[str, Any]) -> Iterator[Breach]:
        """Take an event in; yield what it breaks. The log is believed all the same."""
        for seat in event["seats"]:
            before = self.claims.get(seat)
            found = _objection(event, before)
            if found is not None:
                yield Breach(*found, seat=seat, before=before, event=event)
            self._move(event, seat, before)

    def _move(self, event: Mapping[str, Any], seat: int, before: Claim | None) -> None:
        kind = event["kind"]
        if kind in _LEAVES:
            if before is not None and before.order_id == event["order_id"]:
                del self.claims[seat]
        elif kind == "EXTEND":
            if before is not None:
                self.claims[seat] = replace(before, expires_at=event["expires_at"])
        else:
            self.claims[seat] = Claim(event["order_id"], _AFTER[kind], event["expires_at"])


def _objection(
    event: Mapping[str, Any], before: Claim | None
) -> tuple[Literal["I1", "I6", "LOG"], str] | None:
    kind, order_id = event["kind"], event["order_id"]
    is_others = before is not None and before.order_id != order_id
    if before is not None and before.state == "SOLD" and kind == "SELL":
        return "I1", "the seat was sold again without being released"
    if before is not None and is_others and kind in {"HOLD", "SELL", "PAY"}:
        return "I6", f"the seat went to another order while it was {before.state}"
    if kind in _BY_TIME and before is not None and not is_others:
        if before.state != "HELD":
            return "I6", f"the seat was taken by time while it was {before.state}"
        if before.expires_at is not None and event["at"] < before.expires_at:
            return "I6", "the seat was taken before its hold had run out"
    if is_others or (before.state if before else None) not in _BEFORE[kind]:
        had = "a free seat" if before is None else f"a seat that was {before.state}"
        return "LOG", f"the log tells {kind} of {had}"
    return None
