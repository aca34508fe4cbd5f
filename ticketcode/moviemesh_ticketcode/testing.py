"""Keys and tickets to test a reader with, and what `vectors.json` is made from.

The private keys are made from public words: never list them at a door. Run
`python -m moviemesh_ticketcode.testing` after a change of the format; a test compares.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from moviemesh_ticketcode.keys import KeyList
from moviemesh_ticketcode.lists import Move, Relocations, Revocations, seal
from moviemesh_ticketcode.mm1 import TicketFields, sign


def key(name: str) -> Ed25519PrivateKey:
    """Return the key of a name: the same each time, and secret to nobody."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


KEY, SECOND, OTHER = key("moviemesh vectors"), key("the second key"), key("somebody else")
LIST_KEY = key("the key of the lists")
KEYS = KeyList(
    {7: KEY.public_key().public_bytes_raw(), 200: SECOND.public_key().public_bytes_raw()}
)
FIELDS = TicketFields(
    ticket_id=UUID("0192f3a1-7b2c-7def-8123-456789abcdef"),
    screening_key=1234567890123,
    seat=117,
    category=3,
    not_before_at=datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
    not_after_at=datetime(2026, 11, 23, 22, 45, tzinfo=UTC),
)
LEAST = TicketFields(
    ticket_id=UUID(int=0),
    screening_key=0,
    seat=0,
    category=0,
    not_before_at=datetime.fromtimestamp(0, UTC),
    not_after_at=datetime.fromtimestamp(0, UTC),
)
MOST = TicketFields(
    ticket_id=UUID(int=2**128 - 1),
    screening_key=2**64 - 1,
    seat=2**16 - 1,
    category=255,
    not_before_at=datetime.fromtimestamp(2**32 - 1, UTC),
    not_after_at=datetime.fromtimestamp(2**32 - 1, UTC),
)
REVOKED = Revocations(
    cinema="mesh",
    version=12,
    epoch=1,
    issued_at=datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
    tickets=(UUID(int=5), FIELDS.ticket_id),
)
MOVED = Relocations(
    cinema="mesh",
    version=3,
    epoch=1,
    issued_at=datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
    moves={FIELDS.ticket_id: Move(screening_key=99, seat=5, version=3)},
)
PLACE = Path(__file__).with_name("vectors.json")

# The bit of each field's last byte, counted from the end of the 808.
_FIELD_ENDS = {
    "version": 800,
    "key id": 792,
    "ticket id": 664,
    "screening": 600,
    "seat": 584,
    "category": 576,
    "not before": 544,
    "not after": 512,
    "signature": 0,
}


def vectors() -> dict[str, object]:
    """Return what `vectors.json` holds."""
    return {
        "format": "MM1",
        "keys": json.loads(KEYS.to_json())["keys"],
        "lists_key": _base64(LIST_KEY.public_key().public_bytes_raw()),
        "accepted": _accepted(),
        "refused": _refused(),
        "lists": {
            "revocations": {"sealed": _base64(seal(REVOKED, LIST_KEY)), **REVOKED.content()},
            "relocations": {"sealed": _base64(seal(MOVED, LIST_KEY)), **MOVED.content()},
        },
    }


def _accepted() -> list[dict[str, object]]:
    cases = (
        ("an ordinary ticket", FIELDS, 7, KEY),
        ("every field at its least", LEAST, 7, KEY),
        ("every field at its most", MOST, 200, SECOND),
    )
    return [
        {
            "name": name,
            "code": sign(fields, key_id=key_id, key=signer),
            "key_id": key_id,
            "ticket_id": str(fields.ticket_id),
            "screening_key": fields.screening_key,
            "seat": fields.seat,
            "category": fields.category,
            "not_before": int(fields.not_before_at.timestamp()),
            "not_after": int(fields.not_after_at.timestamp()),
        }
        for name, fields, key_id, signer in cases
    ]


def _refused() -> list[dict[str, str]]:
    good = sign(FIELDS, key_id=7, key=KEY)
    whole = int(good)
    unknown = {"a key that is not listed": sign(FIELDS, key_id=8, key=KEY)}
    forged = {
        "another key under a listed id": sign(FIELDS, key_id=7, key=OTHER),
        "a listed key under another listed id": sign(FIELDS, key_id=200, key=KEY),
        "fields signed without the domain tag": _untagged(FIELDS),
        "the signature of another ticket": _with_signature(
            good, sign(replace(FIELDS, seat=118), key_id=7, key=KEY)
        ),
        "a signature of zeros": f"{whole >> 512 << 512:0244d}",
    }
    flipped = {
        f"one bit of the {name} flipped": f"{whole ^ 1 << bit:0244d}"
        for name, bit in _FIELD_ENDS.items()
        if name not in {"version", "key id"}
    }
    return [
        {"name": name, "text": text, "outcome": outcome}
        for outcome, cases in (
            ("MALFORMED", _malformed(good)),
            ("UNKNOWN_KEY", unknown),
            ("FORGED", forged | flipped),
        )
        for name, text in cases.items()
    ]


def _malformed(good: str) -> dict[str, str]:
    whole = int(good)
    return {
        "empty": "",
        "one digit less": good[1:],
        "one digit more": "0" + good,
        "leading space": " " + good[1:],
        "space at the end": good[:-1] + " ",
        "newline at the end": good + "\n",
        "newline for the last digit": good[:-1] + "\n",
        "plus sign": "+" + good[1:],
        "minus sign": "-" + good[1:],
        "underscore": good[:9] + "_" + good[10:],
        "arabic digits": good[:-1] + "\u0663",
        "full-width digits": good[:-1] + "\uff13",
        "superscript": good[:-1] + "\u00b2",
        "nul": good[:-1] + "\0",
        "hexadecimal": f"{whole:x}",
        "one more than 101 bytes hold": str(2**808),
        "the same number and 101 bytes more": str(whole + 2**808),
        "only nines": "9" * 244,
        "version 0": "0" * 244,
        "version 2": f"{whole + (1 << 800):0244d}",
    }


def _untagged(fields: TicketFields) -> str:
    signed = int(sign(fields, key_id=7, key=KEY)).to_bytes(101, "big")[:37]
    return f"{int.from_bytes(signed + KEY.sign(signed), 'big'):0244d}"


def _with_signature(code: str, of: str) -> str:
    return f"{(int(code) >> 512 << 512) | (int(of) & ((1 << 512) - 1)):0244d}"


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


if __name__ == "__main__":
    PLACE.write_text(json.dumps(vectors(), indent=1) + "\n", "utf-8")
