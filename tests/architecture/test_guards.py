"""Everything is caught by name, but for the guards listed here; each says what it guards."""

import ast

from tests.architecture.sources import SOURCES, Source, refuse, written

# Where whatever went wrong must not end a loop, or reach a user as a stack trace.
GUARDS = {
    "backend/kit/border.py": "a request",
    "backend/kit/differences.py": "a check of the reconciliation: the others must look",
    "backend/kit/gathering.py": "everybody who waits for the same read is told",
    "backend/kit/hot.py": "a request: what no handler knows is raised again",
    "backend/kit/messaging/inbox.py": "the consumer's loop",
    "backend/kit/messaging/outbox.py": "the relay's loop",
    "backend/kit/rounds.py": "a round of work",
    "backend/movies/screenings/programmes.py": "one programme of a round: the others are made",
    "backend/onebox/identity/problem_pages.py": "a request whose answer is a page",
    "backend/onebox/household.py": "the demo: an empty seat is no reason to close the house",
    "backend/onebox/stripe_simulator/app.py": "the loops of the simulator",
    "backend/onebox/stripe_simulator/door.py": "a request whose answer is the provider's",
    "backend/onebox/stripe_simulator/passing.py": "the loop that lets time pass",
    "backend/payment/checkouts/steps.py": "the work on one attempt",
    "backend/payment/refunds/service.py": "the work on one refund",
    "backend/payment/webhooks/service.py": "the work on one event",
    "backend/payment/work.py": "payment's loop of work",
    "backend/ticket/mails/sender.py": "the sender's loop",
    "bench/stage/ledger.py": "handed into the coroutine that waits",
    "web/problem_pages.py": "a request whose answer is a page",
}
_BROAD = {"Exception", "BaseException"}


def broad(sources: list[Source]) -> dict[str, list[int]]:
    """Return the lines that catch everything, by file."""
    found: dict[str, list[int]] = {}
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ExceptHandler) and catches_all(node):
                found.setdefault(source.path, []).append(node.lineno)
    return found


def catches_all(node: ast.ExceptHandler) -> bool:
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or ast.unparse(kind) in _BROAD for kind in kinds)


def unexplained(sources: list[Source]) -> list[str]:
    """Return the guards without a comment on their line or on the one above."""
    return [
        source.at(line, source.lines[line - 1].strip())
        for source in sources
        for line in broad([source]).get(source.path, [])
        if not ({line, line - 1} & source.comments.keys())
    ]


def test_only_the_guards_catch_everything():
    assert sorted(broad(SOURCES)) == sorted(GUARDS)


def test_guards_are_explained():
    refuse(unexplained(SOURCES))


def test_a_guard_that_nobody_named_is_found():
    text = "try:\n    f()\nexcept {}:\n    pass\n"
    every = ["Exception as e", "BaseException", "(OSError, Exception)"]

    assert [broad([written(text.format(kind), "a.py")]) for kind in every] == [{"a.py": [3]}] * 3
    assert broad([written("try:\n    f()\nexcept:\n    pass\n", "a.py")]) == {"a.py": [3]}
    assert broad([written(text.format("OSError"), "a.py")]) == {}
    assert unexplained([written(text.format("Exception"), "a.py")]) == ["a.py:3 except Exception:"]
