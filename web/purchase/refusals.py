"""Why a purchase did not go on, in words that say what to do now, with the seats they are about."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.contracts.problems import Denied, Missing, Problem, Unsigned
from backend.contracts.seats import LayoutSeat
from brand.texts import Texts

_NOT_OURS = (Missing, Unsigned, Denied)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A problem as the page explains it; `order_id` names the buyer's other order, if any."""

    code: str
    title: str
    advice: str
    seats: tuple[int, ...] = ()
    order_id: str | None = None


def is_explained(problem: Problem) -> bool:
    """Say whether a page explains it beside the form; the others have a page of their own."""
    return not isinstance(problem, _NOT_OURS)


def explain(problem: Problem, t: Texts, layout: Sequence[LayoutSeat]) -> Refusal:
    """Put a problem into words."""
    facts = problem.facts
    seats = _seats(facts, layout)
    names = t.list(t("web.seats.short", row=seat.row, seat=seat.label) for seat in seats)
    code = problem.code if t.has(f"web.refusal.{problem.code}.title") else "Other"
    words: Mapping[str, Any] = {"seats": names, "count": _count(facts)}
    return Refusal(
        code=problem.code,
        title=t(f"web.refusal.{code}.title", **words),
        advice=t(f"web.refusal.{code}.advice", **words),
        seats=tuple(seat.seat for seat in seats),
        order_id=str(facts["order_id"]) if "order_id" in facts else None,
    )


def _seats(facts: Mapping[str, Any], layout: Sequence[LayoutSeat]) -> list[LayoutSeat]:
    named = facts.get("seats", [facts["seat"]] if "seat" in facts else [])
    wanted = set(named) if isinstance(named, list) else set()
    return [seat for seat in layout if seat.seat in wanted]


def _count(facts: Mapping[str, Any]) -> int:
    """Return the number in the words: the seats still allowed, or the minutes to wait."""
    if "seats_left" in facts:
        return int(facts["seats_left"])
    if "retry_after_s" in facts:
        return max(1, math.ceil(float(facts["retry_after_s"]) / 60))
    seats: list[int] = facts.get("seats", [])
    return len(seats) or 1
