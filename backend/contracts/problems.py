"""Everything that can go wrong and that a caller can act on, one class per fact.

Problem
├── BadRequest (400)         it is not HTTP or JSON as we understand it
├── Unsigned (401)           the token is missing, expired or not good
├── Denied (403)             the caller is known and may not
├── Missing (404)            no such thing, or not yours
├── NotAllowed (405)         the address exists, the method does not
├── Refused (409)            a rule of the cinema says no
├── Gone (410)               it was there and its time is over
├── TooLarge (413)           more than the service reads
├── UnsupportedMedia (415)   another media type is read here
├── Malformed (422)          a field is missing, unknown or of the wrong shape
├── TooMany (429)            wait a little
├── Internal (500)           our own fault
└── Unavailable (503)        try again

The service raises, `backend.kit.errors` renders `{"error": code, "detail": sentence, …}`, and
`backend.client` raises the same class again from the code.
"""

from typing import Any, ClassVar


class Problem(Exception):  # noqa: N818 -- problems are named as facts
    """A refusal with a code, an HTTP status and a sentence that says what to do."""

    status: ClassVar[int] = 400
    detail: ClassVar[str] = "The request could not be understood. Check it and send it again."
    _codes: ClassVar[dict[str, type["Problem"]]] = {}

    def __init__(self, detail: str | None = None, **facts: Any) -> None:
        self.sentence = detail or self.detail
        self.facts = facts
        super().__init__(self.sentence)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Problem._codes[cls.__name__] = cls

    @property
    def code(self) -> str:
        """The name that crosses the wire and keys the texts."""
        return type(self).__name__

    @staticmethod
    def named(code: str) -> type["Problem"]:
        """Return the class of a code; an unknown one is a plain Problem."""
        return Problem._codes.get(code, Problem)


class Malformed(Problem):
    """The body or a parameter has the wrong shape; `fields` names each."""

    status = 422
    detail = "Some fields are missing, unknown or wrong. Correct the fields listed and try again."


class BadRequest(Problem):
    """The request is not HTTP or JSON as we understand it."""

    status = 400


class Refused(Problem):
    """A rule says no to a request that is well formed."""

    status = 409
    detail = "This cannot be done now."


class Missing(Problem):
    """There is no such thing, or it is not the caller's."""

    status = 404
    detail = "There is nothing here under this address, or it is not yours. Check the link."


class Unsigned(Problem):
    """The token is missing, expired or not good."""

    status = 401
    detail = "Sign in again: your session has ended or is not valid."


class Denied(Problem):
    """The caller is known but may not do this."""

    status = 403
    detail = "Your role does not allow this. Ask a manager."


class Gone(Problem):
    """It existed and its time is over."""

    status = 410
    detail = "This is over and cannot be continued. Start again."


class TooLarge(Problem):
    """The body is larger than the service reads."""

    status = 413
    detail = "The request is too large. Send less than 1 MB."


class TooMany(Problem):
    """A rate limit was met; `retry_after_s` says when to come back."""

    status = 429
    detail = "Too many requests. Wait a little and try again."


class Unavailable(Problem):
    """A part that this needs does not answer; `retry_after_s` says when to try again."""

    status = 503
    detail = "This is not available for the moment. Nothing was lost: try again shortly."


class UnsupportedMedia(Problem):
    """The body's media type is not one that this operation reads."""

    status = 415
    detail = "Send the body as application/json."


class NotAllowed(Problem):
    """The address exists, the method does not."""

    status = 405
    detail = "This address does not accept this method."


class Internal(Problem):
    """Our own fault; the trace id finds it in the logs."""

    status = 500
    detail = "Something went wrong on our side. Try again; if it stays, tell us the trace id."


class IdempotencyKeyMissing(BadRequest):
    """A request with effects came without a usable Idempotency-Key."""

    detail = "Send an Idempotency-Key header of 8 to 64 characters, new for each intent."


class IdempotencyKeyReused(Malformed):
    """The key was used before for another request."""

    detail = "This Idempotency-Key belongs to another request. Use a new key for a new request."
