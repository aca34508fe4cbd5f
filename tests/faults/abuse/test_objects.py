"""A2: somebody else's order, ticket, screening, film, list: missing or denied, as a table says.

Who may open an operation at all is A4's matter; here every caller has a role that opens it.
"""

from collections.abc import Mapping

import pytest

from backend.contracts.permissions import PERMISSIONS, Role
from tests.faults.abuse.calling import Call, crowd
from tests.faults.abuse.contracts import Operation
from tests.faults.abuse.world import ELSEWHERE, HERE, World

pytestmark = pytest.mark.fault("A2")

# What the first of an operation's places names, and how a stranger to it is answered.
STRANGERS: Mapping[str, int] = {
    "order_id": 404,  # whether there is such an order is nobody else's business
    "cinema": 403,
    "cinema_id": 403,
    "film_id": 403,
}
# Services open these for themselves; which of them may is the service's own table (A4).
_SERVICES_ONLY = frozenset({"checkouts.write", "refunds.read"})
# Of a known cinema, what belongs to another is not there.
_OTHERS = {
    "movies POST /cinemas/{cinema}/screenings": ("film_id", "room_id", "price_card_id"),
    "movies POST /cinemas/{cinema}/screenings/{screening_id}/close": ("screening_id",),
}
_STAFF = (Role.BOX_OFFICE, Role.DOOR, Role.MANAGER)


def test_every_operation_on_an_object_is_in_the_table(world: World):
    unknown = [str(one) for one in _on_objects(world) if one.places[0] not in STRANGERS]

    assert unknown == []


async def test_strangers_find_nothing_and_owners_do(world: World, tally):
    cases = {
        f"{operation}, {who}": (Call(operation, f"Bearer {token}"), expected)
        for operation in _on_objects(world)
        for who, token, expected in _callers(world, operation)
    }

    answers = await crowd(world, [call for call, _ in cases.values()])
    tally.runs += len(cases)

    found = {
        name: answer.status if answer.status in {401, 403, 404} or answer.status >= 500 else "open"
        for name, answer in zip(cases, answers, strict=True)
    }
    assert found == {name: expected for name, (_, expected) in cases.items()}


async def test_what_belongs_to_another_cinema_is_missing_there(world: World):
    token = world.callers.token(Role.MANAGER, "movies", cinemas=(ELSEWHERE,))
    cases = [(one, name) for one in world.operations for name in _OTHERS.get(str(one), ())]

    answers = await crowd(world, [_mixed(world, *case, token=token) for case in cases])

    assert {
        f"{operation}, {name}": answer.status
        for (operation, name), answer in zip(cases, answers, strict=True)
    } == {f"{operation}, {name}": 404 for operation, name in cases}
    assert {str(operation) for operation, _ in cases} == set(_OTHERS)


def _on_objects(world: World) -> list[Operation]:
    return [
        one
        for one in world.operations
        if one.permission is not None and one.places and one.permission not in _SERVICES_ONLY
    ]


def _callers(world: World, operation: Operation) -> list[tuple[str, str, int | str]]:
    """Return who asks, their token, and what they must get."""
    place, stranger = operation.places[0], STRANGERS[operation.places[0]]
    audience = operation.service
    roles = PERMISSIONS[operation.permission or ""]
    mine: dict[str, tuple[str, int | str]] = {
        f"{role} here": (world.callers.token(role, audience, cinemas=(HERE,)), "open")
        for role in _STAFF
        if role in roles
    } | {
        f"{role} elsewhere": (world.callers.token(role, audience, cinemas=(ELSEWHERE,)), stranger)
        for role in (*_STAFF, Role.KIOSK, Role.SCANNER)
        if role in roles
    }
    if Role.ADMIN in roles:
        mine["admin"] = (world.callers.token(Role.ADMIN, audience), "open")
    if place == "order_id" and Role.GUEST in roles:
        mine |= {
            "owner": (world.callers.guest(audience, world.owner), "open"),
            "whoever looked it up": (
                world.callers.guest(audience, "guest:" + _SOMEBODY, order=world.order),
                "open",
            ),
            "whoever looked another one up": (
                world.callers.guest(audience, world.owner, order=world.hold),
                404,
            ),
            "another guest": (world.callers.token(Role.GUEST, audience), 404),
            "a customer": (world.callers.token(Role.CUSTOMER, audience), 404),
            "a customer named as the owner": (
                world.callers.token(Role.CUSTOMER, audience, subject=world.owner.upper()),
                404,
            ),
            "kiosk here": (world.callers.token(Role.KIOSK, audience, cinemas=(HERE,)), 404),
        }
    return [(who, token, expected) for who, (token, expected) in mine.items()]


def _mixed(world: World, operation: Operation, name: str, *, token: str) -> Call:
    """Call it at the one cinema about a thing of the other."""
    theirs = {name: world.names(world.here)[name]}
    body = world.body(operation, world.elsewhere)
    if body is not None:
        return Call(operation, f"Bearer {token}", world.elsewhere, {**body, **theirs})
    return Call(operation, f"Bearer {token}", world.elsewhere, places=theirs)


_SOMEBODY = "11111111-1111-4111-8111-111111111111"
