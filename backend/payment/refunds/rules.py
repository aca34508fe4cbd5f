"""Where a refund can go: forward only, as the provider shows it. A success may still fail later."""

from typing import Literal

RefundState = Literal["REQUESTED", "PENDING", "SUCCEEDED", "FAILED"]
RANK: dict[RefundState, int] = {"REQUESTED": 0, "PENDING": 1, "SUCCEEDED": 2, "FAILED": 3}
_SHOWN: dict[str, RefundState] = {
    "pending": "PENDING",
    "requires_action": "PENDING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "canceled": "FAILED",
}


def shown(status: str) -> RefundState:
    """Return our state of a provider's status; one that we do not know is not decided yet."""
    return _SHOWN.get(status, "PENDING")


def advanced(now: RefundState, fetched: RefundState) -> RefundState:
    """Return the state after a fetch: an older fetch that comes late changes nothing."""
    return fetched if RANK[fetched] > RANK[now] else now
