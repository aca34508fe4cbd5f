"""Orders that were looked up: each one's token for its 15 minutes, newest first, in one cookie.

One cookie rather than one for each order's path, since `__Host-` cookies have no path.
"""

from uuid import UUID

from backend.auth.guests.tokens import GuestTokens

_MOST = 3
_BETWEEN = "~"


def order_tokens(tokens: GuestTokens, cookie: str | None) -> dict[UUID, str]:
    """Return the tokens of a cookie that are still good, by their order."""
    given = (cookie or "").split(_BETWEEN)[:_MOST]
    found = ((tokens.order_of(token), token) for token in given)
    return {order_id: token for order_id, token in found if order_id is not None}


def with_order(tokens: GuestTokens, cookie: str | None, order_id: UUID) -> str:
    """Return the cookie with one more order; the oldest gives way."""
    others = order_tokens(tokens, cookie)
    others.pop(order_id, None)
    return _BETWEEN.join([tokens.for_order(order_id), *others.values()][:_MOST])
