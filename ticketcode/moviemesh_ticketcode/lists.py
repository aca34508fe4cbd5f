"""The lists that win over what a ticket says: revoked tickets, and tickets that were moved.

Both are signed with another key than the tickets. `version` only grows; after a database was
restored the `epoch` grows, and a newer epoch wins whatever the version.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from moviemesh_ticketcode.problems import ListRefused

_SIGNATURE = 64
# Whatever reading a JSON of another form can raise.
_WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a moved ticket is valid now."""

    screening_key: int
    seat: int
    version: int


@dataclass(frozen=True, slots=True)
class Revocations:
    """The revoked tickets of a cinema, sorted."""

    cinema: str
    version: int
    epoch: int
    issued_at: datetime
    tickets: tuple[UUID, ...] = ()

    KIND: ClassVar[str] = "revocations"

    def holds(self, ticket_id: UUID) -> bool:
        """Say whether a ticket is revoked."""
        at = bisect_left(self.tickets, ticket_id)
        return at < len(self.tickets) and self.tickets[at] == ticket_id

    def content(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**_head(self), "tickets": [str(ticket) for ticket in sorted(self.tickets)]}

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Read the JSON form."""
        tickets = tuple(UUID(ticket) for ticket in content["tickets"])
        if list(tickets) != sorted(set(tickets)):
            raise ListRefused
        return cls(**_common(content), tickets=tickets)


@dataclass(frozen=True, slots=True)
class Relocations:
    """The moved tickets of a cinema."""

    cinema: str
    version: int
    epoch: int
    issued_at: datetime
    moves: dict[UUID, Move] = field(default_factory=dict)

    KIND: ClassVar[str] = "relocations"

    def content(self) -> dict[str, Any]:
        """Return the JSON form."""
        moves = {
            str(ticket): [move.screening_key, move.seat, move.version]
            for ticket, move in sorted(self.moves.items())
        }
        return {**_head(self), "moves": moves}

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Read the JSON form."""
        moves = {
            UUID(ticket): Move(*(int(number) for number in move))
            for ticket, move in content["moves"].items()
        }
        return cls(**_common(content), moves=moves)


_Kind = TypeVar("_Kind", Revocations, Relocations)


def seal(signed: Revocations | Relocations, key: Ed25519PrivateKey) -> bytes:
    """Return a list as bytes: its signature, then its canonical JSON."""
    body = json.dumps(signed.content(), sort_keys=True, separators=(",", ":")).encode()
    return key.sign(_domain(signed.KIND) + body) + body


def open_revocations(sealed: bytes, key: Ed25519PublicKey) -> Revocations:
    """Read a sealed revocation list; raises ListRefused."""
    return _opened(sealed, key, Revocations)


def open_relocations(sealed: bytes, key: Ed25519PublicKey) -> Relocations:
    """Read a sealed relocation list; raises ListRefused."""
    return _opened(sealed, key, Relocations)


def _opened(sealed: bytes, key: Ed25519PublicKey, kind: type[_Kind]) -> _Kind:
    signature, body = sealed[:_SIGNATURE], sealed[_SIGNATURE:]
    try:
        key.verify(signature, _domain(kind.KIND) + body)
        content = json.loads(body)
        if content["kind"] != kind.KIND:
            raise ListRefused
        return kind.of(content)
    except (InvalidSignature, *_WRONG) as error:
        raise ListRefused from error


def _domain(kind: str) -> bytes:
    return f"moviemesh {kind} 1".encode() + b"\x00"


def _head(signed: Revocations | Relocations) -> dict[str, Any]:
    return {
        "kind": signed.KIND,
        "cinema": signed.cinema,
        "version": signed.version,
        "epoch": signed.epoch,
        "issued_at": int(signed.issued_at.timestamp()),
    }


def _common(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "cinema": str(content["cinema"]),
        "version": int(content["version"]),
        "epoch": int(content["epoch"]),
        "issued_at": datetime.fromtimestamp(int(content["issued_at"]), UTC),
    }
