"""The public keys of a cinema's tickets, by the key id that a code carries."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moviemesh_ticketcode.mm1 import TicketFields, decode, verify
from moviemesh_ticketcode.problems import ListRefused, UnknownKey

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyList:
    """Raw 32-byte Ed25519 public keys by key id (0 to 255)."""

    keys: dict[int, bytes]
    _loaded: dict[int, Ed25519PublicKey] = field(default_factory=dict, compare=False, repr=False)

    def read(self, text: str) -> TicketFields:
        """Read and believe a code; raises Malformed, UnknownKey or Forged."""
        code = decode(text)
        if code.key_id not in self.keys:
            raise UnknownKey
        if code.key_id not in self._loaded:
            raw = self.keys[code.key_id]
            self._loaded[code.key_id] = Ed25519PublicKey.from_public_bytes(raw)
        return verify(code, self._loaded[code.key_id])

    def to_json(self) -> str:
        """Return the document that the ticket service publishes."""
        keys = [
            {"id": key_id, "ed25519": urlsafe_b64encode(raw).decode().rstrip("=")}
            for key_id, raw in sorted(self.keys.items())
        ]
        return json.dumps({"format": "MM1", "keys": keys}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read such a document; raises ListRefused."""
        try:
            document = json.loads(text)
            if document["format"] != "MM1":
                raise ListRefused
            keys = {int(entry["id"]): _raw(entry["ed25519"]) for entry in document["keys"]}
        except (ValueError, KeyError, TypeError, RecursionError, Base64Error) as error:
            raise ListRefused from error
        if len(keys) != len(document["keys"]) or not all(0 <= key_id < 256 for key_id in keys):
            raise ListRefused
        return cls(keys)


def _raw(text: str) -> bytes:
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) != _KEY_BYTES:
        raise ListRefused
    return raw
