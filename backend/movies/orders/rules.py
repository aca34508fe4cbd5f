"""What an order does when something happens to its payment: the rows E1 to E24, as one table.

Pure: it is given the order's state and what is true, and names the step; the service takes it.
"""

from enum import StrEnum

from backend.contracts.orders import OrderState as S


class Step(StrEnum):
    """What the service does next."""

    IGNORE = "ignore"
    OPENED = "opened"
    SELL_AND_CAPTURE = "sell_and_capture"
    CAPTURE = "capture"
    VOID = "void"
    PAY = "pay"
    REINSTATE_OR_REFUND = "reinstate_or_refund"
    REFUND_ATTEMPT = "refund_attempt"
    REOPEN = "reopen"
    EXPIRE = "expire"
    REVIEW = "review"


ENDED = frozenset({S.EXPIRED, S.CANCELLED, S.REFUNDED})
SOLD = frozenset({S.PAID, S.ISSUED, S.REFUNDING, S.PART_REFUNDED})
# States in which an order owns seats, by what its claims then are.
HOLDING = {S.HELD: "HELD", S.PAYING: "PAYING", S.CONFIRMING: "SOLD"}


def on_opened(state: S, *, is_current: bool) -> Step:
    """The provider's page is ready."""
    return Step.OPENED if state is S.PAYING and is_current else Step.IGNORE


def on_authorised(state: S, *, is_current: bool) -> Step:
    """The money is reserved: E4, or E5 when the order does not wait for it any more.

    Payment says so again when a reservation is left lying: the first answer did not reach it.
    """
    if is_current and state is S.PAYING:
        return Step.SELL_AND_CAPTURE
    if is_current and state is S.CONFIRMING:
        return Step.CAPTURE
    if is_current and state in {S.REVIEW} | SOLD:
        return Step.IGNORE
    return Step.VOID


def on_captured(state: S, *, is_current: bool, is_paid_by_it: bool) -> Step:
    """The money is taken: E7 to E10."""
    if is_paid_by_it:
        return Step.IGNORE
    if state in {S.PAYING, S.CONFIRMING}:
        return Step.PAY if is_current else Step.REFUND_ATTEMPT
    if state is S.EXPIRED:
        return Step.REINSTATE_OR_REFUND
    if state is S.REVIEW:
        return Step.IGNORE
    # CANCELLED (E9), already paid by another attempt (E10), or HELD again after a close.
    return Step.REFUND_ATTEMPT


def on_closed(state: S, *, is_current: bool, is_buyers: bool) -> Step:
    """The attempt ended without money: the buyer's own wish gives the hold back (E24).

    A wish to stop may meet a reservation on its way here: then the order is CONFIRMING already, and
    what was reserved is gone.
    """
    if is_current and state is S.PAYING:
        return Step.REOPEN if is_buyers else Step.EXPIRE
    return Step.EXPIRE if is_current and state is S.CONFIRMING else Step.IGNORE


def on_failed(state: S, *, is_current: bool) -> Step:
    """The attempt can never succeed: E6."""
    if is_current and state in {S.PAYING, S.CONFIRMING}:
        return Step.EXPIRE
    return Step.IGNORE


def on_review(state: S) -> Step:
    """The provider's figures differ: E12; seats are kept."""
    return Step.IGNORE if state in ENDED | {S.REVIEW} else Step.REVIEW
