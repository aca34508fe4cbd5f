"""A1: every kind of bad token, on every operation of every service that asks for one."""

from functools import cache, partial

import pytest

from tests.faults.abuse.calling import Call, called, crowd
from tests.faults.abuse.forgeries import forgeries
from tests.faults.abuse.world import HERE, World

pytestmark = pytest.mark.fault("A1")


async def test_no_bad_token_opens_any_operation(world: World, tally):
    lies = cache(partial(forgeries, world.callers))
    guarded = [one for one in world.operations if one.permission is not None]
    cases = [
        (Call(operation, authorization=header), reason)
        for operation in guarded
        for reason, header in lies(operation.service, operation.permission).items()
    ]

    answers = await crowd(world, [call for call, _ in cases])
    tally.runs += len(cases)

    wrong = [
        f"{call.operation}, {reason}: {answer.status} {answer.body[:80]!r}"
        for (call, reason), answer in zip(cases, answers, strict=True)
        if not _is_our_refusal(answer)
    ]
    assert (wrong, len({reason for _, reason in cases}) > 100) == ([], True)


async def test_good_tokens_open_the_same_operations(world: World):
    """The control: what is refused above is refused for its lie, not for the way it is asked."""
    wrong = []
    for operation in world.operations:
        if operation.permission is None:
            continue
        token = world.callers.opener(operation.permission, operation.service, (HERE,))
        answer = await called(world, Call(operation, authorization=f"Bearer {token}"))
        if answer.status in {401, 403} or answer.status >= 500:
            wrong.append(f"{operation}: {answer.status} {answer.body[:120]!r}")

    assert wrong == []


def _is_our_refusal(answer) -> bool:
    if answer.status != 401 or answer.headers.get("content-type") != "application/json":
        return False
    body = answer.json()
    is_whole = set(body) == {"error", "detail", "trace_id"} and body["error"] == "Unsigned"
    return is_whole and answer.headers.get("www-authenticate") == "Bearer"
