"""A4: every role at every operation: open and shut exactly as the table of permissions says."""

import pytest

from backend.contracts.permissions import PERMISSIONS, Role
from tests.faults.abuse.calling import Call, crowd
from tests.faults.abuse.contracts import Operation
from tests.faults.abuse.world import HERE, World

pytestmark = pytest.mark.fault("A4")
# These answer nobody's service, so a service's token is no token there.
_NO_CALLERS = frozenset({"ticket"})


def test_every_permission_opens_something_and_every_operation_is_known(world: World):
    named = {one.permission for one in world.operations if one.permission is not None}

    assert named == set(PERMISSIONS)


async def test_each_role_opens_what_the_table_says(world: World, tally):
    cases = [
        (operation, role)
        for operation in world.operations
        if operation.permission is not None
        for role in Role
    ]
    answers = await crowd(
        world,
        [
            Call(one, f"Bearer {world.callers.token(role, one.service, cinemas=(HERE,))}")
            for one, role in cases
        ],
    )

    tally.runs += len(cases)
    found = {
        f"{operation}, {role}": _shut(answer.status)
        for (operation, role), answer in zip(cases, answers, strict=True)
    }
    assert found == {
        f"{operation}, {role}": _expected(operation, role) for operation, role in cases
    }


def _shut(status: int) -> str:
    return {401: "no token", 403: "shut"}.get(status, "open" if status < 500 else f"{status}")


def _expected(operation: Operation, role: Role) -> str:
    if role is Role.SERVICE and operation.service in _NO_CALLERS:
        return "no token"
    assert operation.permission is not None
    return "open" if role in PERMISSIONS[operation.permission] else "shut"
