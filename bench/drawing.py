"""`python -m bench.drawing`: draws documents in a process of its own, ours and bare in turn.

Reads pickled orders and amounts, writes the CPU seconds of each round. One thread, no database.
"""

import json
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from random import Random
from typing import Any

from backend.ticket.documents.rendering import render
from backend.ticket.issuing.facts import PaidOrder
from bench.limit import paper

_DIGITS, _LETTERS = "0123456789", "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_BARE = 8


def main() -> None:
    """Draw in rounds; the first one of each is thrown away by who reads the report."""
    orders, rounds, many = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 -- from our own parent
    dice = Random(4)  # noqa: S311 -- chance, not secrecy
    ours, bare = [], []
    size = 0
    for _ in range(rounds):
        fresh = [_another(order, dice) for order in islice(cycle(orders), many)]
        drawn: list[bytes] = []
        ours.append(_cpu(lambda order: render(order, "tickets"), fresh, drawn))
        size = len(drawn[0])
        texts = [paper.read(content) for content in drawn[:_BARE]]
        bare.append(_cpu(paper.draw, list(islice(cycle(texts), many)), []))
    print(json.dumps({"ours": ours, "bare": bare, "size": size}))  # noqa: T201 -- the report


def _another(order: PaidOrder, dice: Random) -> PaidOrder:
    """Return an order that was never drawn: another reference, and tickets with other codes."""
    reference = "-".join("".join(dice.choices(_LETTERS, k=4)) for _ in range(3))
    tickets = tuple(
        replace(ticket, code="".join(dice.choices(_DIGITS, k=len(ticket.code))))
        for ticket in order.tickets
    )
    return replace(order, reference=reference, tickets=tickets)


def _cpu(work: Callable[[Any], bytes], things: Sequence[Any], drawn: list[bytes]) -> float:
    began = time.process_time()
    drawn.extend(map(work, things))
    return time.process_time() - began


if __name__ == "__main__":
    main()
