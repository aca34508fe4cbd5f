"""What the provider grants: tokens as they came, and the person that the checked ones name."""

from dataclasses import dataclass


class ProviderAway(Exception):  # noqa: N818 -- a fact, and private to auth
    """The provider does not answer, or not as one; another try may succeed."""


class GrantRefused(Exception):  # noqa: N818 -- a fact, and private to auth
    """The provider says no for good, or its tokens are not what was asked for."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer of the token endpoint; nothing in it is believed yet.

    `ends_at` and `refresh_ends_at` are seconds since the epoch, by our own clock.
    """

    access_token: str
    refresh_token: str
    id_token: str | None
    ends_at: float
    refresh_ends_at: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in, by checked tokens. `email` is there only when it is proven."""

    subject: str
    name: str | None
    email: str | None
    roles: tuple[str, ...]
    cinemas: tuple[str, ...]
