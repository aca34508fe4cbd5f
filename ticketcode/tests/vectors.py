"""Writes `vectors.json`: codes that every reader of MM1 must accept or refuse.

Run `python ticketcode/tests/vectors.py` after a change of the format; the test compares.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from moviemesh_ticketcode import KeyList, TicketFields, sign

KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"moviemesh vectors").digest())
OTHER = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"somebody else").digest())
KEYS = KeyList({7: KEY.public_key().public_bytes_raw()})
FIELDS = TicketFields(
    ticket_id=UUID("0192f3a1-7b2c-7def-8123-456789abcdef"),
    screening_key=1234567890123,
    seat=117,
    category=3,
    not_before_at=datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
    not_after_at=datetime(2026, 11, 23, 22, 45, tzinfo=UTC),
)
PLACE = Path(__file__).parents[1] / "moviemesh_ticketcode" / "vectors.json"


def vectors() -> dict[str, object]:
    """Return the vectors."""
    good = sign(FIELDS, key_id=7, key=KEY)
    return {
        "keys": json.loads(KEYS.to_json()),
        "good": {"code": good, "ticket_id": str(FIELDS.ticket_id), "screening_key": 1234567890123},
        "refused": {
            "other key under a known id": [sign(FIELDS, key_id=7, key=OTHER), "FORGED"],
            "unknown key id": [sign(FIELDS, key_id=8, key=KEY), "UNKNOWN_KEY"],
            "one digit less": [good[1:], "MALFORMED"],
            "one digit more": ["0" + good, "MALFORMED"],
            "leading space": [" " + good[1:], "MALFORMED"],
            "plus sign": ["+" + good[1:], "MALFORMED"],
            "underscore": [good[:9] + "_" + good[10:], "MALFORMED"],
            "arabic digits": [good[:-1] + "\u0663", "MALFORMED"],
            "newline at the end": [good[:-1] + "\n", "MALFORMED"],
            "more than 101 bytes": ["9" * 244, "MALFORMED"],
            "version 0": ["0" * 244, "MALFORMED"],
            "empty": ["", "MALFORMED"],
        },
    }


if __name__ == "__main__":
    PLACE.write_text(json.dumps(vectors(), indent=1) + "\n", "utf-8")
