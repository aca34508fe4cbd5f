"""Numbers in letters that people can read out: five bits each, none that looks like another."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def lettered(number: int, letters: int) -> str:
    """Write a number in an even number of letters, the most significant first."""
    return "".join([_PAIRS[number >> 5 * at & 1023] for at in range(letters - 2, -1, -2)])
