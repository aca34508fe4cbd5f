"""Every call that payment makes to the provider. Answers are plain dictionaries.

Imports the SDK at its first use: that costs half a second, which no service needs to start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.contracts.problems_payment import WebhookRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    import httpx2
    import stripe
    from pydantic import SecretStr

Json = dict[str, Any]
_TOLERANCE_S = 300
_EXPANDED = ["payment_intent.latest_charge.balance_transaction"]


class Unanswered(Exception):  # noqa: N818 -- a fact about a call
    """It is unknown whether the provider acted: send the same key and body again."""


class Declined(Exception):  # noqa: N818 -- a fact about a call
    """The provider understood and refused; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Gateway:
    """The provider's API."""

    def __init__(
        self, http: httpx2.AsyncClient, key: SecretStr, address: str | None, limit_s: float
    ) -> None:
        self._http = http
        self._key = key
        self._address = address
        self._limit_s = limit_s
        self._made: stripe.StripeClient | None = None

    async def create_session(self, params: Json, *, key: str) -> Json:
        """Open a hosted page."""
        sessions = self._client().v1.checkout.sessions
        return await _plain(sessions.create_async(params, {"idempotency_key": key}))  # type: ignore[arg-type]  # -- kept as JSON, so it is a plain dict

    async def fetch_session(self, session_id: str) -> Json:
        """Read a session with its intent, charge and balance transaction."""
        sessions = self._client().v1.checkout.sessions
        return await _plain(sessions.retrieve_async(session_id, {"expand": _EXPANDED}))

    async def expire_session(self, session_id: str, *, key: str) -> Json:
        """End an open session."""
        sessions = self._client().v1.checkout.sessions
        return await _plain(sessions.expire_async(session_id, {}, {"idempotency_key": key}))

    async def find_session(self, reference: str, since: int) -> Json | None:
        """Look for a session by our reference among those made since (seconds since 1970)."""
        sessions = self._client().v1.checkout.sessions
        page = await _plain(sessions.list_async({"created": {"gte": since}, "limit": 100}))
        found: list[Json] = page["data"]
        return next((one for one in found if one["client_reference_id"] == reference), None)

    async def capture(self, intent_id: str, amount_minor: int, *, key: str) -> Json:
        """Take reserved money."""
        intents = self._client().v1.payment_intents
        return await _plain(
            intents.capture_async(
                intent_id, {"amount_to_capture": amount_minor}, {"idempotency_key": key}
            )
        )

    async def cancel(self, intent_id: str, *, key: str) -> Json:
        """Let reserved money go."""
        intents = self._client().v1.payment_intents
        return await _plain(intents.cancel_async(intent_id, {}, {"idempotency_key": key}))

    async def refund(
        self, intent_id: str, amount_minor: int, *, metadata: dict[str, str], key: str
    ) -> Json:
        """Give money back."""
        refunds = self._client().v1.refunds
        return await _plain(
            refunds.create_async(
                {"payment_intent": intent_id, "amount": amount_minor, "metadata": metadata},
                {"idempotency_key": key},
            )
        )

    async def fetch_refunds(self, intent_id: str) -> list[Json]:
        """Read every refund of an intent."""
        refunds = self._client().v1.refunds
        page = await _plain(refunds.list_async({"payment_intent": intent_id, "limit": 100}))
        found: list[Json] = page["data"]
        return found

    def _client(self) -> stripe.StripeClient:
        if self._made is None:
            import stripe  # noqa: PLC0415 -- half a second, at first use only

            from backend.payment.stripe.transport import (  # noqa: PLC0415 -- imports the SDK
                OverHttpx2,
            )

            addresses: Any = {"api": self._address} if self._address else {}
            self._made = stripe.StripeClient(
                self._key.get_secret_value(),
                base_addresses=addresses,
                http_client=OverHttpx2(self._http, self._limit_s),
                max_network_retries=0,
            )
        return self._made


def read_event(payload: bytes, signature: str, secrets: Sequence[SecretStr]) -> Json:
    """Check a webhook's signature with each accepted secret; raises WebhookRefused."""
    import stripe  # noqa: PLC0415 -- half a second, at first use only

    for secret in secrets:
        try:
            event = stripe.Webhook.construct_event(  # type: ignore[no-untyped-call,unused-ignore]  # -- the SDK's
                payload, signature, secret.get_secret_value(), tolerance=_TOLERANCE_S
            )
        except (stripe.SignatureVerificationError, ValueError, KeyError, UnicodeDecodeError):
            continue
        return _dict(event)
    raise WebhookRefused


async def _plain(call: Awaitable[Any]) -> Json:
    """Await a call; raises Declined or Unanswered."""
    import stripe  # noqa: PLC0415 -- loaded by now

    try:
        return _dict(await call)
    except stripe.APIConnectionError as error:
        raise Unanswered(str(error)) from error
    except stripe.StripeError as error:
        status = error.http_status or 500
        code = error.code or type(error).__name__
        # A key in use and a rate limit are "not now", as a server error is.
        if status >= 500 or status in {409, 429}:
            raise Unanswered(code) from error
        raise Declined(code) from error


def _dict(answer: Any) -> Json:
    plain: Json = answer.to_dict() if hasattr(answer, "to_dict") else dict(answer)
    return plain
