"""The table of routes and the services themselves tell the same."""

from backend.contracts.traffic import ROUTES
from tests.docs import facts


def test_the_table_of_routes_is_what_the_services_send_and_hear():
    found = {each.message.TYPE: (each.senders, each.hearers) for each in facts.traffic()}

    assert found == {kind: ((route.sender,), route.hearers) for kind, route in ROUTES.items()}
