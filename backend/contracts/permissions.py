"""Who may do what: one table of operations and roles, read by the endpoints and their tests."""

from enum import StrEnum


class Role(StrEnum):
    """A role of the realm, or GUEST for somebody who has not signed in."""

    GUEST = "guest"
    CUSTOMER = "customer"
    BOX_OFFICE = "box_office"
    DOOR = "door"
    MANAGER = "manager"
    ADMIN = "admin"
    KIOSK = "kiosk"
    SCANNER = "scanner"
    SERVICE = "service"


STAFF = frozenset({Role.BOX_OFFICE, Role.DOOR, Role.MANAGER, Role.ADMIN})
_BUYERS = frozenset(
    {Role.GUEST, Role.CUSTOMER, Role.BOX_OFFICE, Role.MANAGER, Role.ADMIN, Role.KIOSK}
)
_DOORS = frozenset({Role.BOX_OFFICE, Role.DOOR, Role.MANAGER, Role.ADMIN, Role.SCANNER})
_MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
_SERVICES = frozenset({Role.SERVICE})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "orders.create": _BUYERS,
    "orders.read": _BUYERS | STAFF,
    "orders.change": _BUYERS,
    "orders.pay": _BUYERS,
    "orders.refund": _MANAGERS,
    "orders.lookup": _SERVICES,
    "sessions.read": _SERVICES,
    "catalogue.write": _MANAGERS,
    "cinemas.write": frozenset({Role.ADMIN}),
    "checkouts.write": _SERVICES,
    "refunds.read": _SERVICES,
    "recon.read": _MANAGERS,
    "tickets.read": _BUYERS | STAFF,
    "tickets.resend": frozenset({Role.BOX_OFFICE, Role.MANAGER, Role.ADMIN}),
    "admissions.create": _DOORS,
    "manifests.read": _DOORS,
}
