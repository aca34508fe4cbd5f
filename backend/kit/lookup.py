"""The mailed code of an order: with its reference it opens the order on any device.

The code follows from the order's id, so it is stored nowhere; services compare its hash.
"""

import hashlib
import hmac
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 8
_LOOKALIKES = str.maketrans("OIL", "011")


def lookup_code(secret: bytes, order_id: UUID) -> str:
    """Return the eight letters of an order: forty bits of an HMAC."""
    digest = hmac.digest(secret, order_id.bytes, "sha256")
    bits = int.from_bytes(digest[:5], "big")
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))


def code_hash(code: str) -> str:
    """Return the hash of a code as somebody typed it; spaces, dashes and case do not matter."""
    letters = code.upper().translate(_LOOKALIKES)
    kept = "".join(letter for letter in letters if letter in _ALPHABET)[: _LETTERS + 1]
    return hashlib.sha256(b"moviemesh lookup code\0" + kept.encode()).hexdigest()


def grouped(code: str) -> str:
    """Return the code as it is shown: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
