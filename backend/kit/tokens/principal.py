"""The caller of an operation, as a checked token tells it."""

from dataclasses import dataclass, field
from uuid import UUID

from backend.contracts.permissions import PERMISSIONS, STAFF, Role
from backend.contracts.problems import Denied


@dataclass(frozen=True, slots=True)
class Token:
    """What a checked token said of itself: its kind, and whom it is for."""

    typ: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, guest, device or service.

    `subject` names the owner of orders and of idempotency keys. `cinemas` are the slugs of the
    cinemas where staff roles count; an admin's count everywhere. `order_id` limits a looked-up
    order's guest to that one order. `token` is kept for the access log and makes no difference.
    """

    subject: str
    roles: frozenset[Role]
    cinemas: frozenset[str] = frozenset()
    email: str | None = None
    order_id: UUID | None = None
    token: Token = field(default=Token(), compare=False)

    def demand(self, operation: str) -> None:
        """Raise Denied unless a role of the caller opens this operation."""
        if not self.roles & PERMISSIONS[operation]:
            raise Denied

    def demand_at(self, operation: str, cinema: str) -> None:
        """Raise Denied unless the caller may do this at this cinema."""
        self.demand(operation)
        if not self.is_at(cinema):
            raise Denied

    def is_at(self, cinema: str) -> bool:
        """Say whether the caller's staff roles count at a cinema."""
        return Role.ADMIN in self.roles or cinema in self.cinemas

    def is_staff_at(self, cinema: str) -> bool:
        """Say whether the caller works at a cinema."""
        return bool(self.roles & STAFF) and self.is_at(cinema)
