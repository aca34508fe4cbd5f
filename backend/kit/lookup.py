"""The mailed code of an order: with its reference it opens the order on any device.

The code follows from the order's id, so it is stored nowhere; services compare its hash.
"""

import hashlib
import hmac
from uuid import UUID

from backend.kit.letters import ALPHABET, lettered

_LETTERS = 8
_LOOKALIKES = str.maketrans("OIL", "011")


def lookup_code(secret: bytes, order_id: UUID) -> str:
    """Return the eight letters of an order: forty bits of an HMAC."""
    digest = hmac.digest(secret, order_id.bytes, "sha256")
    return lettered(int.from_bytes(digest[:5]), _LETTERS)


def code_hash(code: str) -> str:
    """Return the hash of a code as somebody typed it; spaces, dashes and case do not matter."""
    letters = code.upper().translate(_LOOKALIKES)
    return _hash("".join([letter for letter in letters if letter in ALPHABET])[: _LETTERS + 1])


def lookup_hash(secret: bytes, order_id: UUID) -> str:
    """Return the hash of an order's own code."""
    return _hash(lookup_code(secret, order_id))


def _hash(letters: str) -> str:
    return hashlib.sha256(b"moviemesh lookup code\0" + letters.encode()).hexdigest()


def grouped(code: str) -> str:
    """Return the code as it is shown: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
