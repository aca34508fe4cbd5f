"""Every call that payment makes to the provider. Answers are plain dictionaries.

Imports the SDK at its first use: that costs half a second, which no service needs to start.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import httpx2
    import stripe
    from pydantic import SecretStr

Json = dict[str, Any]
Kind: TypeAlias = Literal["sessions", "intents", "charges", "refunds", "movements"]
_EXPANDED = ["payment_intent.latest_charge.balance_transaction"]
_MOST = 100
_SESSIONS = "/v1/checkout/sessions"
# "Not now": a wrong or changing key of ours, a key in use, a rate limit.
_NOT_NOW = frozenset({401, 403, 409, 429})


class Unanswered(Exception):  # noqa: N818 -- a fact about a call
    """It is unknown whether the provider acted: send the same key and body again.

    `is_settled` says that the same call can only bring the same answer: the provider stored it.
    """

    def __init__(self, reason: str, *, is_settled: bool = False) -> None:
        self.is_settled = is_settled
        super().__init__(reason)


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
        return await self._asked("post", _SESSIONS, params, key=key)

    async def fetch_session(self, session_id: str) -> Json:
        """Read a session with its intent, charge and balance transaction."""
        address = f"{_SESSIONS}/{quote(session_id, safe='')}"
        return await self._asked("get", address, {"expand": _EXPANDED})

    async def expire_session(self, session_id: str, *, key: str) -> Json:
        """End an open session."""
        sessions = self._client().v1.checkout.sessions
        return await _plain(sessions.expire_async(session_id, {}, {"idempotency_key": key}))

    async def find_session(self, reference: str, *, since: int, until: int) -> Json | None:
        """Look for a session by our reference among those made in a time (seconds since 1970)."""
        sessions = self._client().v1.checkout.sessions
        made = {"created": {"gte": since, "lte": until}}
        async for one in _pages(sessions.list_async, made):
            if one["client_reference_id"] == reference:
                return one
        return None

    async def capture(self, intent_id: str, amount_minor: int, *, key: str) -> Json:
        """Take reserved money."""
        address = f"/v1/payment_intents/{quote(intent_id, safe='')}/capture"
        return await self._asked("post", address, {"amount_to_capture": amount_minor}, key=key)

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
        """Read every refund of an intent, with the movement of money that each one was."""
        refunds = self._client().v1.refunds
        of_intent = {"payment_intent": intent_id, "expand": ["data.balance_transaction"]}
        return [one async for one in _pages(refunds.list_async, of_intent)]

    async def fetch_disputes(self, intent_id: str) -> list[Json]:
        """Read every dispute of an intent, with its movements of money."""
        disputes = self._client().v1.disputes
        of_intent = {"payment_intent": intent_id}
        return [one async for one in _pages(disputes.list_async, of_intent)]

    async def fetch_made(self, kind: Kind, *, since: int) -> list[Json]:
        """Read everything of a kind made since a time (seconds since 1970), the newest first."""
        v1 = self._client().v1
        lists: dict[Kind, Callable[[Any], Awaitable[Any]]] = {
            "sessions": v1.checkout.sessions.list_async,
            "intents": v1.payment_intents.list_async,
            "charges": v1.charges.list_async,
            "refunds": v1.refunds.list_async,
            "movements": v1.balance_transactions.list_async,
        }
        return [one async for one in _pages(lists[kind], {"created": {"gte": since}})]

    async def fetch_movements(self, source: str) -> list[Json]:
        """Read the movements of money of one charge, refund or dispute."""
        movements = self._client().v1.balance_transactions
        return [one async for one in _pages(movements.list_async, {"source": source})]

    async def fetch_intent_of(self, provider_id: str) -> str | None:
        """Return the intent that a charge, refund or dispute belongs to."""
        v1 = self._client().v1
        reads: dict[str, Callable[[str], Awaitable[Any]]] = {
            "ch": v1.charges.retrieve_async,
            "re": v1.refunds.retrieve_async,
            "du": v1.disputes.retrieve_async,
        }
        read = reads.get(provider_id.partition("_")[0])
        intent: str | None = (
            None if read is None else (await _plain(read(provider_id)))["payment_intent"]
        )
        return intent

    async def fetch_undelivered(self, *, since: int) -> list[Json]:
        """Read the events made since a time that did not reach us, the newest first."""
        wanted = {"created": {"gte": since}, "delivery_success": False}
        return [one async for one in _pages(self._client().v1.events.list_async, wanted)]

    async def _asked(
        self, method: Literal["get", "post"], address: str, params: Json, *, key: str | None = None
    ) -> Json:
        """Make a call of every sale by the SDK, but without its objects.

        They take eight times as long as the call, and all that we want of them is the dictionary.
        """
        options = {} if key is None else {"idempotency_key": key}
        return await _plain(self._client().raw_request_async(method, address, **params, **options))

    def _client(self) -> stripe.StripeClient:
        if self._made is None:
            import stripe  # noqa: PLC0415 -- half a second, at first use only

            from backend.payment.stripe.transport import (  # noqa: PLC0415 -- imports the SDK
                OverHttpx2,
            )

            # Two lines per call: what became of one is logged by whoever made it.
            logging.getLogger("stripe").setLevel(logging.ERROR)
            addresses: Any = {"api": self._address} if self._address else {}
            self._made = stripe.StripeClient(
                self._key.get_secret_value(),
                base_addresses=addresses,
                http_client=OverHttpx2(self._http, self._limit_s),
                max_network_retries=0,
            )
        return self._made


async def _pages(ask: Callable[[Any], Awaitable[Any]], wanted: Json) -> AsyncIterator[Json]:
    """Yield everything that a list holds, page after page, the newest first."""
    page: Json = {"limit": _MOST}
    while True:
        answer = await _plain(ask(wanted | page))
        for one in answer["data"]:
            yield one
        if not answer["has_more"]:
            return
        page["starting_after"] = answer["data"][-1]["id"]


async def _plain(call: Awaitable[Any]) -> Json:
    """Await a call; raises Declined or Unanswered."""
    import stripe  # noqa: PLC0415 -- loaded by now

    try:
        return _dict(await call)
    except stripe.APIConnectionError as error:
        raise Unanswered(str(error)) from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        code = error.code or type(error).__name__
        if isinstance(error, stripe.IdempotencyError) and status == 400:
            # The key belongs to another body: whatever that made must be looked for.
            raise Unanswered(code, is_settled=True) from error
        if 400 <= status < 500 and status not in _NOT_NOW:
            raise Declined(code) from error
        is_replayed = (error.headers or {}).get("idempotent-replayed") == "true"
        raise Unanswered(code, is_settled=status >= 500 and is_replayed) from error


def _dict(answer: Any) -> Json:
    plain: Json = answer.to_dict() if hasattr(answer, "to_dict") else answer.data
    return plain
