"""Order references: 60 random bits in an alphabet that people can read out."""

import secrets

from backend.kit.letters import ALPHABET, lettered

_LETTERS = 12


def new_reference() -> str:
    """Return a reference of three groups, such as 7K2M-P9QX-4TBD."""
    letters = lettered(int.from_bytes(secrets.token_bytes(8)), _LETTERS)
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def normalised(typed: str) -> str:
    """Bring what somebody typed into the form of a reference; wrong input stays wrong."""
    letters = typed.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    kept = "".join(letter for letter in letters if letter in ALPHABET)
    return f"{kept[:4]}-{kept[4:8]}-{kept[8:12]}"
