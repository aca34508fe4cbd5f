"""The private keys: they leave the settings only to sign."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from moviemesh_ticketcode import Relocations, Revocations, TicketFields, seal, sign

from backend.kit.tokens.verifier import Jwk
from backend.ticket.settings import TicketSettings


class SigningKeys:
    """Signs tickets with the current key, and lists with a key of their own."""

    def __init__(self, settings: TicketSettings) -> None:
        self._tickets = {key_id: _private(key) for key_id, key in settings.ticket_keys.items()}
        self._lists = _private(settings.list_key)
        self.current_id = settings.ticket_key_id

    def sign(self, fields: TicketFields) -> str:
        """Return the digits of a ticket."""
        return sign(fields, key_id=self.current_id, key=self._tickets[self.current_id])

    def seal(self, content: Revocations | Relocations) -> bytes:
        """Return a list that doors believe."""
        return seal(content, self._lists)

    def public(self) -> dict[int, bytes]:
        """Return the public halves of the ticket keys by key id."""
        return {key_id: _public(key) for key_id, key in self._tickets.items()}

    @property
    def public_list_key(self) -> bytes:
        """The public half of the key of the lists."""
        return _public(self._lists)


def _private(jwk: Jwk) -> Ed25519PrivateKey:
    key = OKPKey.import_key(jwk).private_key
    if not isinstance(key, Ed25519PrivateKey):
        message = "a key of the ticket service is not a private Ed25519 key"
        raise TypeError(message)
    return key


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()
