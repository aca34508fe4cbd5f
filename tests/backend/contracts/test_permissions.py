"""The table of permissions: what each role opens, and that every operation is behind a door."""

import ast
from pathlib import Path

import pytest

import backend
from backend.contracts.permissions import PERMISSIONS, STAFF, Role

BUYS = {"orders.create", "orders.read", "orders.change", "orders.pay", "tickets.read"}
DOOR = {"admissions.create", "manifests.read"}
SERVICE = {"orders.lookup", "checkouts.write", "refunds.read", "sessions.read"}
MANAGES = {"orders.refund", "catalogue.write", "recon.read"}
OPENS = {
    Role.GUEST: BUYS,
    Role.CUSTOMER: BUYS,
    Role.KIOSK: BUYS,
    Role.BOX_OFFICE: BUYS | DOOR | {"tickets.resend"},
    Role.DOOR: DOOR | {"orders.read", "tickets.read"},
    Role.SCANNER: DOOR,
    Role.MANAGER: BUYS | DOOR | MANAGES | {"tickets.resend"},
    Role.ADMIN: BUYS | DOOR | MANAGES | {"tickets.resend", "cinemas.write"},
    Role.SERVICE: SERVICE,
}


@pytest.mark.parametrize("role", Role)
def test_role_opens_these_operations_and_no_other(role):
    assert {name for name, roles in PERMISSIONS.items() if role in roles} == OPENS[role]


def test_staff_are_people_with_a_task():
    assert {Role.BOX_OFFICE, Role.DOOR, Role.MANAGER, Role.ADMIN} == STAFF


def test_each_operation_of_the_table_is_a_door_and_each_door_is_in_the_table():
    named: set[str] = set()
    for path in Path(backend.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_door(node.func):
                named |= {name for argument in node.args for name in _operations(argument)}

    assert named <= set(PERMISSIONS)
    assert set(PERMISSIONS) - named == set()


def _is_door(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"allowed", "caller", "demand", "demand_at"}


def _operations(argument: ast.expr) -> list[str]:
    value = argument.value if isinstance(argument, ast.Constant) else None
    return [value] if isinstance(value, str) and "." in value else []
