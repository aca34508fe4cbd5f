"""Whose address an order gets by itself: a signed-in buyer's own, never the cashier's."""

import pytest

from backend.contracts.permissions import Role
from backend.kit.tokens.principal import Principal
from backend.movies.orders.service import own_email


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
    caller = Principal("somebody", frozenset(roles), email="ana@example.org")

    assert own_email(caller) == email
