"""How much of each fault a run meets: a little in `make test`, all of it in a full run.

SCALE (quick or full) and SEED come from the environment; the same seed makes the same plan.
"""

import os
import secrets
from collections.abc import Mapping
from types import MappingProxyType

SCALE = os.environ.get("SCALE") or "quick"
SEED = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))

# What is counted: (quick, full).
_AMOUNTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "A5": (3, 1_000),  # examples of each operation, shared by all roles
        "A6 MB": (64, 1_024),  # the largest body that is sent
        "A7": (200, 2_000),  # slow clients
        "A8": (40, 10_000),  # look-ups of known and unknown references
        "A11": (3, 150),  # texts on tickets; all of them on pages
        "F0": (6, 60),  # purchases
        "F1": (20, 200),  # rounds of 50 buyers
        "F2": (300, 2_000),  # claims
        "F3": (45, 5_000),  # late payments
        "F5": (30, 2_000),  # purchases
        "F5 kills": (2, 60),
        "F7": (1, 20),  # immediate stops of PostgreSQL
        "F7 purchases": (30, 1_000),
        "F10": (10, 400),  # purchases whose messages come three times
        "F10 refunds": (3, 30),
        "F12": (30, 500),  # poison messages
        "F15": (20, 400),  # purchases
        "F16": (12, 2_000),  # purchases while the provider fails
        "F17": (1, 20),  # orders of each kind in each weather of webhooks
        "F18": (80, 1_000),  # forged webhooks
        "F20": (2, 20),  # orders of each kind
        "F23": (100, 2_000),  # cut requests
        "F28": (150, 10_000),  # forged codes
        "F28 flips": (80, 808),  # bits of a ticket's code
        "F28 readings": (500, 50_000),  # texts read by the decoder alone, and as many changed codes
        "F28 tickets": (3, 200),  # genuine tickets, each written in six other ways
        "F32": (120, 10_000),  # scans, the pairs among them
        "F32 pairs": (30, 1_000),  # tickets shown at two doors at once
        "F33": (120, 2_400),  # screenings
    }
)
FULL: Mapping[str, int] = MappingProxyType({name: full for name, (_, full) in _AMOUNTS.items()})


def amount(fault: str) -> int:
    """Return how much of a fault this run meets."""
    quick, full = _AMOUNTS[fault]
    return full if is_full() else quick


def is_full() -> bool:
    """Say whether this run meets all of it; raises ValueError for a scale that is none."""
    if SCALE not in {"quick", "full"}:
        message = f"SCALE={SCALE} is neither quick nor full"
        raise ValueError(message)
    return SCALE == "full"
