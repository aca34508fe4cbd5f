"""Codes that are no tickets, each with the only answers that a door may give to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from moviemesh_ticketcode import decode, sign

BITS, DIGITS = 808, 244
_WHOLE = 1 << BITS
# The order of Ed25519's group: a signature plus this is the same signature to a lax checker.
_ORDER = 2**252 + 27742317777372353535851937790883648493
_ARABIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}
_WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
OTHER = Ed25519PrivateKey.generate()


def _more_than_the_number_holds(code: str) -> str:
    return f"{int(code) + _WHOLE:0{DIGITS}d}"


def _malleable(code: str) -> str:
    """Add the group's order to the signature's scalar, which is little-endian."""
    content = int(code).to_bytes(BITS // 8, "big")
    scalar = int.from_bytes(content[-32:], "little") + _ORDER
    changed = content[:-32] + scalar.to_bytes(32, "little")
    return f"{int.from_bytes(changed, 'big'):0{DIGITS}d}"


# The same ticket written otherwise: once it slipped past a list that was kept by text.
RE_ENCODINGS: Mapping[str, tuple[Callable[[str], str], str]] = {
    "a number beyond the last": (_more_than_the_number_holds, "MALFORMED"),
    "a leading zero more": (lambda code: f"0{code}", "MALFORMED"),
    "a space at its end": (lambda code: f"{code} ", "MALFORMED"),
    "wide digits": (lambda code: code.translate(_WIDE), "MALFORMED"),
    "Arabic digits": (lambda code: code.translate(_ARABIC), "MALFORMED"),
    "the signature plus the group's order": (_malleable, "FORGED"),
}


def flipped(code: str) -> Iterator[tuple[str, str]]:
    """Yield the code with each of its bits flipped, and what a door must say to it."""
    whole = int(code)
    for bit in range(BITS):
        place = BITS - 1 - bit
        expected = "MALFORMED" if place < 8 else "UNKNOWN_KEY" if place < 16 else "FORGED"
        yield f"{whole ^ 1 << bit:0{DIGITS}d}", expected


def forged(
    codes: Sequence[str], keys: Mapping[str, Ed25519PrivateKey], dice: Random
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield forged codes without end. `keys` has the signing key, and a retired one."""
    makers = (_noise, _signed_noise, _other_key, _retired, _exchanged, _never_issued, _cut, _long)
    while True:
        code, other = dice.choice(codes), dice.choice(codes)
        yield dice.choice(makers)(code, other, keys, dice)


_Forged = tuple[str, frozenset[str]]
_Keys = Mapping[str, Ed25519PrivateKey]


def _noise(_code: str, _other: str, _keys: _Keys, dice: Random) -> _Forged:
    """Digits by chance; one in 256 has the right version, and then a key that may be listed."""
    text = f"{dice.getrandbits(BITS):0{DIGITS}d}"
    return text, frozenset({"MALFORMED", "UNKNOWN_KEY", "FORGED"})


def _signed_noise(code: str, _other: str, _keys: _Keys, dice: Random) -> _Forged:
    """Genuine fields with 64 bytes by chance for a signature."""
    whole = int(code) >> 512 << 512 | dice.getrandbits(512)
    return f"{whole:0{DIGITS}d}", frozenset({"FORGED"})


def _other_key(code: str, _other: str, _keys: _Keys, dice: Random) -> _Forged:
    read = decode(code)
    fields = replace(read.fields, seat=dice.randrange(1, 1000))
    return sign(fields, key_id=read.key_id, key=OTHER), frozenset({"FORGED"})


def _retired(code: str, _other: str, keys: _Keys, dice: Random) -> _Forged:
    """Signed by a key of which no ticket is left, so it is listed no more."""
    fields = replace(decode(code).fields, ticket_id=UUID(int=dice.getrandbits(128)))
    return sign(fields, key_id=254, key=keys["retired"]), frozenset({"UNKNOWN_KEY"})


def _exchanged(code: str, other: str, _keys: _Keys, dice: Random) -> _Forged:
    """The fields of one genuine ticket with the signature of another."""
    if code == other:
        return _signed_noise(code, other, _keys, dice)
    whole = int(code) >> 512 << 512 | int(other) % (1 << 512)
    return f"{whole:0{DIGITS}d}", frozenset({"FORGED"})


def _never_issued(code: str, _other: str, keys: _Keys, dice: Random) -> _Forged:
    """Genuinely signed, as by somebody who stole the key, for a ticket that nobody sold."""
    read = decode(code)
    fields = replace(read.fields, ticket_id=UUID(int=dice.getrandbits(128)))
    return sign(fields, key_id=read.key_id, key=keys["signing"]), frozenset({"NOT_ISSUED"})


def _cut(code: str, _other: str, _keys: _Keys, dice: Random) -> _Forged:
    return code[: dice.randrange(DIGITS)], frozenset({"MALFORMED"})


def _long(code: str, _other: str, _keys: _Keys, dice: Random) -> _Forged:
    """Up to the 4 kB that a scanner may send."""
    return (code * 17)[: dice.randrange(DIGITS + 1, 4097)], frozenset({"MALFORMED"})
