"""Refusals in the provider's own shape: {"error": {type, code, param, message}}.

StripeError                 a refusal; raised, it undoes the call; returned, it keeps what was done
├── invalid request (400)   missing, unknown or wrong parameters, wrong states
├── resource_missing (404)
├── unauthorised (401)
├── card_error (402)
├── idempotency_error (400), idempotency_key_in_use (409)
└── api_error (500)
"""

from typing import Any


class StripeError(Exception):
    """One answer that is not a success."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.error: dict[str, Any] = {"type": kind, "message": message, **(more or {})}
        if code is not None:
            self.error["code"] = code
        if param is not None:
            self.error["param"] = param

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def wrong(message: str, code: str | None, param: str | None = None) -> StripeError:
    """Return a refusal of one parameter."""
    return StripeError(message, code=code, param=param)


def missing(param: str) -> StripeError:
    return wrong(f"Missing required param: {param}.", "parameter_missing", param)


def no_such(noun: str, identity: str, param: str = "id") -> StripeError:
    return StripeError(
        f"No such {noun}: '{identity}'", status=404, code="resource_missing", param=param
    )


def wrong_state(message: str, **more: Any) -> StripeError:
    """Return a refusal of an intent that is not where the call needs it."""
    return StripeError(message, code="payment_intent_unexpected_state", more=more)


def unauthorised(message: str) -> StripeError:
    return StripeError(message, status=401)


def key_reused(message: str) -> StripeError:
    return StripeError(message, kind="idempotency_error")


def key_in_use(key: str) -> StripeError:
    return StripeError(
        "There is currently another in-progress request using this Idempotency Key "
        f"({key}): the first one is still going through. Try again in a moment.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )


def busy() -> StripeError:
    return StripeError(
        "This object cannot be accessed right now because another request is currently "
        "accessing it. Try again in a moment.",
        status=429,
        code="lock_timeout",
    )


def broken() -> StripeError:
    return StripeError(
        "An unknown error occurred inside the simulator.", status=500, kind="api_error"
    )


def too_many() -> StripeError:
    return StripeError(
        "Request rate limit exceeded. Try again in a moment.", status=429, code="rate_limit"
    )


def overloaded() -> StripeError:
    return StripeError("The service is temporarily unavailable.", status=503, kind="api_error")


def unreachable() -> StripeError:
    return StripeError("The simulator cannot reach its database.", status=503, kind="api_error")
