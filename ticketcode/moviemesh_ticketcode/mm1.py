"""The code MM1: 101 bytes, written as 244 decimal digits.

    version 1 · key id 1 · ticket id 16 · screening 8 · seat 2 · category 1 ·
    not before 4 · not after 4 · Ed25519 signature 64

All numbers are big-endian; times are seconds since 1970 UTC. The 101 bytes are one integer,
zero-padded to 244 digits, which a numeric QR code of version 6-M holds and a keyboard-wedge
scanner types on every layout. The signature covers a domain tag and the 37 bytes before it.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from moviemesh_ticketcode.problems import Forged, Malformed

VERSION = 1
DIGITS = 244
BYTES = 101
_SIGNED = 37
_LAYOUT = struct.Struct(">BB16sQHBII")
_DOMAIN = b"moviemesh ticket code 1\x00"
_LIMIT = 1 << (8 * BYTES)


class Category(IntEnum):
    """Who holds a ticket, for the steward's eye; what a later release may add is OTHER."""

    OTHER = 0
    ADULT = 1
    CHILD = 2
    STUDENT = 3
    SENIOR = 4
    CARER = 5

    @classmethod
    def _missing_(cls, _value: object) -> "Category":
        return cls.OTHER


@dataclass(frozen=True, slots=True)
class TicketFields:
    """What a ticket says. Times are aware and of whole seconds; no personal data, no order."""

    ticket_id: UUID
    screening_key: int
    seat: int
    category: int
    not_before_at: datetime
    not_after_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read but not yet believed; `verify` makes it so."""

    key_id: int
    fields: TicketFields
    signed: bytes
    signature: bytes


def sign(fields: TicketFields, *, key_id: int, key: Ed25519PrivateKey) -> str:
    """Return the digits of a ticket; raises ValueError for fields that do not fit."""
    try:
        signed = _LAYOUT.pack(
            VERSION,
            key_id,
            fields.ticket_id.bytes,
            fields.screening_key,
            fields.seat,
            fields.category,
            _seconds(fields.not_before_at),
            _seconds(fields.not_after_at),
        )
    except struct.error as error:
        message = f"a field does not fit into a ticket code: {error}"
        raise ValueError(message) from error
    whole = int.from_bytes(signed + key.sign(_DOMAIN + signed), "big")
    return f"{whole:0{DIGITS}d}"


def decode(text: str) -> Code:
    """Read digits strictly, believing no field; raises Malformed and nothing else."""
    # isascii first: isdigit alone accepts the digits of every script.
    if len(text) != DIGITS or not text.isascii() or not text.isdigit():
        raise Malformed
    whole = int(text)
    if whole >= _LIMIT:
        raise Malformed
    content = whole.to_bytes(BYTES, "big")
    if content[0] != VERSION:
        raise Malformed
    _, key_id, ticket, screening, seat, category, begins, ends = _LAYOUT.unpack(content[:_SIGNED])
    fields = TicketFields(
        ticket_id=UUID(bytes=ticket),
        screening_key=screening,
        seat=seat,
        category=category,
        not_before_at=datetime.fromtimestamp(begins, UTC),
        not_after_at=datetime.fromtimestamp(ends, UTC),
    )
    return Code(key_id, fields, content[:_SIGNED], content[_SIGNED:])


def verify(code: Code, key: Ed25519PublicKey) -> TicketFields:
    """Return the fields if this key signed them; raises Forged."""
    try:
        key.verify(code.signature, _DOMAIN + code.signed)
    except InvalidSignature:
        raise Forged from None
    return code.fields


def _seconds(at: datetime) -> int:
    if at.tzinfo is None:
        message = "a ticket's times must be aware"
        raise ValueError(message)
    return int(at.timestamp())
