"""Whose address an order gets by itself: a signed-in buyer's own, never the cashier's."""

import pytest

from backend.contracts.permissions import Role
from backend.kit.tokens.principal import Principal
from backend.movies.orders.service import channel_of, own_email


@pytest.mark.parametrize(
    ("roles", "email"),
    [
        ({Role.CUSTOMER}, "ana@example.org"),
        ({Role.CUSTOMER, Role.DOOR}, "ana@example.org"),
        ({Role.CUSTOMER, Role.BOX_OFFICE}, None),
        ({Role.MANAGER}, None),
        ({Role.KIOSK}, None),
    ],
)
def test_only_somebody_who_buys_for_themselves_gets_the_tickets(roles, email):
    caller = Principal("ana", frozenset(roles), frozenset({"mesh"}), email="ana@example.org")

    assert own_email(caller, "mesh") == email


def test_cashier_of_another_cinema_buys_as_everybody_does():
    caller = Principal(
        "ana", frozenset({Role.BOX_OFFICE}), frozenset({"mesh"}), email="a@b.example"
    )

    assert own_email(caller, "other") == "a@b.example"
    assert channel_of(caller, "other") == "web"
    assert channel_of(caller, "mesh") == "staff"
