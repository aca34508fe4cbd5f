"""What a fetched session means for an attempt, and what to do next. Pure: the service acts.

Fetched state is the only truth; an attempt's rank never goes down, and an ended attempt stays so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.contracts.payments import AttemptState as S
from backend.contracts.payments import CloseReason

RANK = {
    S.CREATED: 0,
    S.UNKNOWN: 0,
    S.AT_PROVIDER: 1,
    S.AUTHORISED: 2,
    S.CAPTURING: 3,
    S.CAPTURED: 4,
    S.CANCELED: 4,
    S.FAILED: 4,
}
ENDED = frozenset({S.CAPTURED, S.CANCELED, S.FAILED})
UNOPENED = frozenset({S.CREATED, S.UNKNOWN})


class Step(StrEnum):
    """What an attempt needs next."""

    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the attempt was made with: the provider must show the same."""

    reference: str
    amount_minor: int
    currency: str
    is_live: bool
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What matters of a fetched session."""

    state: S
    session_id: str
    intent_id: str | None = None
    charge_id: str | None = None
    url: str | None = None
    captured_minor: int = 0
    provider_fee_minor: int | None = None
    failure: str | None = None
    is_disputed: bool = False
    is_refunded: bool = False
    differs: str | None = None


def read(session: dict[str, Any], wanted: Wanted) -> Facts:
    """Read a session; of one whose intent is not expanded, only what the session itself says."""
    intent = session.get("payment_intent") or {}
    intent = intent if isinstance(intent, dict) else {"id": intent}
    charge = intent.get("latest_charge") or {}
    charge = charge if isinstance(charge, dict) else {"id": charge}
    is_captured = intent.get("status") == "succeeded"
    balance = charge.get("balance_transaction") if is_captured else None
    return Facts(
        state=_state(session, intent),
        session_id=session["id"],
        intent_id=intent.get("id"),
        charge_id=charge.get("id"),
        url=session.get("url"),
        captured_minor=intent.get("amount_received", 0) if is_captured else 0,
        provider_fee_minor=balance.get("fee") if isinstance(balance, dict) else None,
        failure=_failure(intent),
        is_disputed=bool(charge.get("disputed")),
        is_refunded=is_captured and charge.get("amount_refunded", 0) > 0,
        differs=_difference(session, intent, wanted),
    )


def _state(session: dict[str, Any], intent: dict[str, Any]) -> S:
    status = intent.get("status")
    if status == "succeeded":
        return S.CAPTURED
    if status == "requires_capture":
        return S.AUTHORISED
    if status == "canceled":
        return S.FAILED if intent.get("cancellation_reason") == "automatic" else S.CANCELED
    return S.CANCELED if session["status"] == "expired" else S.AT_PROVIDER


def _failure(intent: dict[str, Any]) -> str | None:
    error = intent.get("last_payment_error") or {}
    reason: str | None = intent.get("cancellation_reason") or error.get("decline_code")
    return reason or error.get("code")


def _difference(session: dict[str, Any], intent: dict[str, Any], wanted: Wanted) -> str | None:
    """Name what is not as it was asked for (E12)."""
    amount, currency = wanted.amount_minor, wanted.currency.lower()
    pairs = [
        ("reference", session.get("client_reference_id"), wanted.reference),
        ("amount", session.get("amount_total"), amount),
        ("currency", session.get("currency"), currency),
        ("livemode", session.get("livemode"), wanted.is_live),
        ("metadata", _noted(session, wanted), dict(wanted.metadata)),
    ]
    if "status" in intent:
        pairs += [
            ("intent's amount", intent.get("amount"), amount),
            ("intent's currency", intent.get("currency"), currency),
            ("intent's livemode", intent.get("livemode"), wanted.is_live),
            ("intent's metadata", _noted(intent, wanted), dict(wanted.metadata)),
        ]
    if intent.get("status") == "succeeded":
        pairs.append(("captured amount", intent.get("amount_received"), amount))
    return next((name for name, found, expected in pairs if found != expected), None)


def _noted(thing: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the thing's metadata under our names; what others add is theirs."""
    found = thing.get("metadata") or {}
    return {name: found.get(name) for name in wanted.metadata}


def advanced(now: S, fetched: S, *, is_voided: bool) -> S:
    """Return the state after a fetch: never back, never out of an end.

    A reservation that ends although we did not let it go can never be captured: it failed (E6).
    """
    if now in ENDED or RANK[fetched] <= RANK[now]:
        return now
    if fetched is S.CANCELED and RANK[now] >= RANK[S.AUTHORISED] and not is_voided:
        return S.FAILED
    return fetched


def next_step(state: S, wants_close: CloseReason | None) -> Step:
    """Name what an attempt at the provider needs.

    A buyer who has paid has paid: a close by the buyer or the deadline ends only a page that is
    still open. `void` means that nobody waits for the money any more: it is let go on sight.
    """
    if state is S.CAPTURING:
        return Step.CAPTURE
    if state is S.AUTHORISED and wants_close == "void":
        return Step.VOID
    if state is S.AT_PROVIDER and wants_close is not None:
        return Step.EXPIRE
    return Step.LOOK
