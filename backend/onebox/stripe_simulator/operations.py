"""The table of every call that the simulator answers: method, path, parameters, handler."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from backend.onebox.stripe_simulator import (
    balance,
    charges,
    disputes,
    events,
    intents,
    parameters,
    refunds,
    sessions,
)
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.objects import Body
from backend.onebox.stripe_simulator.shapes import Shape
from backend.onebox.stripe_simulator.work import Ask, Work

Handler: TypeAlias = Callable[[Work, Ask], Awaitable[Body | StripeError]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call; `sdk` names the SDK's parameters of it, which a test holds against the shape.

    `name` is what the fault switches call it: the noun and the verb.
    """

    method: Literal["GET", "POST"]
    path: str
    shape: Shape
    handler: Handler
    name: str
    sdk: str


_INTENT = "/v1/payment_intents"
_SESSION = "/v1/checkout/sessions"

OPERATIONS: tuple[Operation, ...] = (
    Operation("POST", _SESSION, parameters.SESSION_CREATE, sessions.create,
              "session.create", "checkout.SessionCreateParams"),
    Operation("GET", _SESSION, parameters.SESSION_LIST, sessions.list_all,
              "session.list", "checkout.SessionListParams"),
    Operation("GET", f"{_SESSION}/{{identity}}", parameters.RETRIEVE, sessions.retrieve,
              "session.read", "checkout.SessionRetrieveParams"),
    Operation("GET", f"{_SESSION}/{{identity}}/line_items", parameters.LINE_LIST,
              sessions.list_lines, "session.lines", "checkout.SessionListLineItemsParams"),
    Operation("POST", f"{_SESSION}/{{identity}}/expire", parameters.RETRIEVE, sessions.expire,
              "session.expire", "checkout.SessionExpireParams"),
    Operation("POST", _INTENT, parameters.INTENT_CREATE, intents.create,
              "intent.create", "PaymentIntentCreateParams"),
    Operation("GET", _INTENT, parameters.INTENT_LIST, intents.list_all,
              "intent.list", "PaymentIntentListParams"),
    Operation("GET", f"{_INTENT}/{{identity}}", parameters.INTENT_RETRIEVE, intents.retrieve,
              "intent.read", "PaymentIntentRetrieveParams"),
    Operation("POST", f"{_INTENT}/{{identity}}/confirm", parameters.INTENT_CONFIRM,
              intents.confirm, "intent.confirm", "PaymentIntentConfirmParams"),
    Operation("POST", f"{_INTENT}/{{identity}}/capture", parameters.INTENT_CAPTURE,
              intents.capture, "intent.capture", "PaymentIntentCaptureParams"),
    Operation("POST", f"{_INTENT}/{{identity}}/cancel", parameters.INTENT_CANCEL,
              intents.cancel, "intent.cancel", "PaymentIntentCancelParams"),
    Operation("GET", "/v1/payment_methods/{identity}", parameters.RETRIEVE,
              intents.retrieve_method, "method.read", "PaymentMethodRetrieveParams"),
    Operation("GET", "/v1/charges", parameters.CHARGE_LIST, charges.list_all,
              "charge.list", "ChargeListParams"),
    Operation("GET", "/v1/charges/{identity}", parameters.RETRIEVE, charges.retrieve,
              "charge.read", "ChargeRetrieveParams"),
    Operation("POST", "/v1/refunds", parameters.REFUND_CREATE, refunds.create,
              "refund.create", "RefundCreateParams"),
    Operation("GET", "/v1/refunds", parameters.BY_CHARGE_LIST, refunds.list_all,
              "refund.list", "RefundListParams"),
    Operation("GET", "/v1/refunds/{identity}", parameters.RETRIEVE, refunds.retrieve,
              "refund.read", "RefundRetrieveParams"),
    Operation("GET", "/v1/disputes", parameters.BY_CHARGE_LIST, disputes.list_all,
              "dispute.list", "DisputeListParams"),
    Operation("GET", "/v1/disputes/{identity}", parameters.RETRIEVE, disputes.retrieve,
              "dispute.read", "DisputeRetrieveParams"),
    Operation("GET", "/v1/balance", parameters.RETRIEVE, balance.total,
              "balance.read", "BalanceRetrieveParams"),
    Operation("GET", "/v1/balance_transactions", parameters.TRANSACTION_LIST, balance.list_all,
              "transaction.list", "BalanceTransactionListParams"),
    Operation("GET", "/v1/balance_transactions/{identity}", parameters.RETRIEVE,
              balance.retrieve, "transaction.read", "BalanceTransactionRetrieveParams"),
    Operation("GET", "/v1/events", parameters.EVENT_LIST, events.list_all,
              "event.list", "EventListParams"),
    Operation("GET", "/v1/events/{identity}", parameters.RETRIEVE, events.retrieve,
              "event.read", "EventRetrieveParams"),
)  # fmt: skip
