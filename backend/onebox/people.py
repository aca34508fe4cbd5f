"""Who works at, and goes to, the demo cinema: one person for each role."""

from dataclasses import dataclass

CINEMA = "mesh"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in from the first start; `may` says what for, to the visitor."""

    email: str
    name: str
    roles: tuple[str, ...]
    may: str
    language: str = "en"

    @property
    def cinemas(self) -> tuple[str, ...]:
        """Where their staff roles count."""
        return () if self.roles == ("customer",) else (CINEMA,)


PEOPLE = (
    DemoPerson("ana@mesh.example", "Ana Pop", ("customer",), "buys tickets", "ro"),
    DemoPerson(
        "till@mesh.example", "Mihai Ionescu", ("customer", "box_office"), "sells at the till"
    ),
    DemoPerson("door@mesh.example", "Ioana Radu", ("customer", "door"), "lets people in"),
    DemoPerson("manager@mesh.example", "Elena Marin", ("customer", "manager"), "runs the house"),
    DemoPerson("admin@mesh.example", "Radu Stan", ("customer", "admin"), "may do everything"),
)
# Sells the demo's seats through the services; nobody knows its password, so nobody signs in as it.
TILL = DemoPerson(
    "demo-till@mesh.example", "Demo till", ("box_office", "manager", "admin"), "fills the demo"
)
