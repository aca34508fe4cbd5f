"""Scans of a door, as the tests send them."""

from tests.backend.ticket.builders import CINEMA
from tests.backend.ticket.rig import Rig, person

SCANNER = "scanner"


async def codes(rig: Rig) -> list[str]:
    rows = await rig.rows("SELECT code FROM ticket ORDER BY issued_at, line_no")
    return [row["code"] for row in rows]


def scan(code: str, *, door: str = "A", cinema=CINEMA, keys: tuple[int, ...] = (77,)):
    return {"code": code, "door": door, "cinema_id": str(cinema), "screening_keys": list(keys)}


async def outcome(rig: Rig, code: str, **changes) -> str:
    answer = await rig.send("/admissions", person(SCANNER), scan(code, **changes))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])
