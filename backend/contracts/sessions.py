"""What the website knows of its visitor: a guest, or somebody who signed in."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from backend.contracts.schema import Read


class SessionRead(Read):
    """A visitor's session. Tokens reach the site's server, never a browser.

    `set_cookie` is the whole Set-Cookie header to send on, where the session is new or changed.
    `csrf` is the token that each of the visitor's forms must carry; compare it in constant time.

    Most pages call with `access_token`. An order's page calls with `order_tokens[order]` where
    there is one: the order was looked up less than 15 minutes ago. `guest_token` is there for a
    person whose browser bought as a guest before: where `access_token` finds an order missing,
    it may open it, so that signing in on the way to the payment page loses no seats.
    """

    kind: Literal["guest", "person"]
    subject: str
    name: str | None
    email: str | None
    roles: list[str]
    cinemas: list[str]
    access_token: str
    csrf: str
    set_cookie: str | None
    guest_token: str | None = None
    order_tokens: dict[UUID, str] = Field(default_factory=dict)


class LookedUp(Read):
    """The order that a reference and code opened, and the cookie that opens it for 15 minutes."""

    order_id: UUID
    set_cookie: str
