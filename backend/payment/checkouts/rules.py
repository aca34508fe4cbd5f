"""What a fetched session means for an attempt. Pure: the service stores and tells.

Fetched state is the only truth; an attempt's rank never goes down, and an ended attempt stays so.
"""

from dataclasses import dataclass
from typing import Any

from backend.contracts.payments import AttemptState as S

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the attempt was made with: the provider must show the same."""

    reference: str
    amount_minor: int
    currency: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What matters of a fetched session."""

    state: S
    session_id: str
    intent_id: str | None = None
    charge_id: str | None = None
    url: str | None = None
    captured_minor: int = 0
    refunded_minor: int = 0
    provider_fee_minor: int | None = None
    failure: str | None = None
    is_disputed: bool = False
    differs: str | None = None


def read(session: dict[str, Any], wanted: Wanted) -> Facts:
    """Read a session whose intent, charge and balance transaction are expanded."""
    intent = session.get("payment_intent") or {}
    if isinstance(intent, str):
        intent = {"id": intent, "status": "unknown"}
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
        # A released reservation shows as a refund too; it never was our money.
        refunded_minor=charge.get("amount_refunded", 0) if is_captured else 0,
        provider_fee_minor=balance.get("fee") if isinstance(balance, dict) else None,
        failure=_failure(intent),
        is_disputed=bool(charge.get("disputed")),
        differs=_difference(session, intent, wanted),
    )


def _state(session: dict[str, Any], intent: dict[str, Any]) -> S:
    status = intent.get("status")
    if status == "succeeded":
        return S.CAPTURED
    if status == "requires_capture":
        return S.AUTHORISED
    if status == "canceled":
        is_ours = intent.get("cancellation_reason") != "automatic"
        return S.CANCELED if is_ours else S.FAILED
    return S.CANCELED if session["status"] == "expired" else S.AT_PROVIDER


def _failure(intent: dict[str, Any]) -> str | None:
    error = intent.get("last_payment_error") or {}
    reason: str | None = intent.get("cancellation_reason") or error.get("decline_code")
    return reason or error.get("code")


def _difference(session: dict[str, Any], intent: dict[str, Any], wanted: Wanted) -> str | None:
    """Name what is not as it was asked for (E12)."""
    pairs = (
        ("reference", session.get("client_reference_id"), wanted.reference),
        ("amount", session.get("amount_total"), wanted.amount_minor),
        ("currency", str(session.get("currency", "")).upper(), wanted.currency),
        ("livemode", session.get("livemode"), wanted.is_live),
        ("intent amount", intent.get("amount", wanted.amount_minor), wanted.amount_minor),
        (
            "intent currency",
            str(intent.get("currency", wanted.currency)).upper(),
            wanted.currency,
        ),
    )
    return next((name for name, found, expected in pairs if found != expected), None)


def advanced(now: S, fetched: S) -> S:
    """Return the state after a fetch: never back, never out of an end."""
    if now in ENDED or RANK[fetched] <= RANK[now]:
        return now
    return fetched
