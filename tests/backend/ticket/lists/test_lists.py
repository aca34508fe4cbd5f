"""The lists of the doors: whole, sorted, versioned, sealed by a key of their own."""

from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moviemesh_ticketcode import (
    KeyList,
    ListRefused,
    Move,
    Relocations,
    Revocations,
    open_relocations,
    open_revocations,
)

from backend.contracts.messages import TicketRevokeRequested
from tests.backend.ticket.builders import CINEMA, OTHER_CINEMA, order_paid, paid_line, showing
from tests.backend.ticket.rig import STRANGER, Rig, guest, person, rig_on

pytestmark = pytest.mark.integration
LISTS = ("revocations", "relocations")


def list_key(rig: Rig) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(rig.parts.keys.public_list_key)


async def revocations(rig: Rig, cinema: UUID = CINEMA, *, slug: str = "mesh") -> Revocations:
    answer = await rig.get(f"/cinemas/{cinema}/revocations", person("scanner", cinemas=(slug,)))
    return open_revocations(answer.content, list_key(rig))


async def relocations(rig: Rig) -> Relocations:
    answer = await rig.get(f"/cinemas/{CINEMA}/relocations", person("scanner"))
    return open_relocations(answer.content, list_key(rig))


async def refund(rig: Rig, paid, *lines: int) -> None:
    await rig.tell(
        TicketRevokeRequested(
            order_id=paid.order_id,
            refund_id=uuid4(),
            cinema_id=paid.cinema_id,
            lines=list(lines),
        )
    )


async def ids(rig: Rig) -> list[UUID]:
    rows = await rig.rows("SELECT id FROM ticket WHERE status = 'REVOKED'")
    return sorted(row["id"] for row in rows)


async def test_list_begins_empty(rig: Rig):
    await rig.tell(order_paid())

    empty, unmoved = await revocations(rig), await relocations(rig)

    assert (empty.cinema, empty.version, empty.epoch, empty.tickets) == (str(CINEMA), 0, 0, ())
    assert (unmoved.cinema, unmoved.version, unmoved.epoch, unmoved.moves) == (
        str(CINEMA),
        0,
        0,
        {},
    )


async def test_each_refund_makes_a_newer_list_with_all_dead_tickets_sorted(rig: Rig):
    paid = order_paid(*(paid_line(number) for number in range(1, 9)), **showing())
    await rig.tell(paid)
    versions = []

    for line in (5, 2, 8, 1):
        await refund(rig, paid, line)
        versions.append((await revocations(rig)).version)

    found = await revocations(rig)
    assert versions == [1, 2, 3, 4]
    assert list(found.tickets) == await ids(rig)
    assert len(found.tickets) == 4


async def test_list_says_when_it_was_made(rig: Rig):
    await rig.tell(order_paid())
    (before,) = await rig.rows("SELECT date_trunc('second', clock_timestamp()) AS at")

    found = await revocations(rig)

    (after,) = await rig.rows("SELECT clock_timestamp() AS at")
    assert before["at"] <= found.issued_at <= after["at"]


async def test_list_holds_only_its_own_cinema(rig: Rig):
    theirs = order_paid(
        paid_line(1), **showing(cinema_id=OTHER_CINEMA, cinema_slug="other", screening_key=88)
    )
    await rig.tell(order_paid())
    await rig.tell(theirs)

    await refund(rig, theirs, 1)

    assert (await revocations(rig)).tickets == ()
    other = await revocations(rig, OTHER_CINEMA, slug="other")
    assert (other.cinema, list(other.tickets)) == (str(OTHER_CINEMA), await ids(rig))


async def test_ticket_leaves_the_list_two_days_after_its_end(rig: Rig):
    paid = order_paid()
    await rig.tell(paid)
    await refund(rig, paid, 1, 2)
    async with rig.parts.database.connection() as connection:
        await connection.execute(
            "UPDATE ticket SET not_after_at = clock_timestamp()"
            " - make_interval(days => line_no, secs => 1)"
        )

    found = await revocations(rig)

    (recent,) = await rig.rows("SELECT id FROM ticket WHERE line_no = 1")
    assert (found.version, found.tickets) == (1, (recent["id"],))


async def test_moved_ticket_is_on_the_list(rig: Rig):
    await rig.tell(order_paid())
    (ticket, _) = await rig.rows("SELECT id FROM ticket ORDER BY line_no")
    async with rig.parts.database.transaction() as connection:
        await connection.execute(
            "INSERT INTO relocation (ticket_id, cinema_id, screening_key, seat, row_label,"
            " seat_label, room_name, version) VALUES (%s, %s, 99, 5, 'F', '5', 'Sala 1', 1)",
            (ticket["id"], CINEMA),
        )
        await connection.execute("UPDATE cinema SET relocation_version = 1")

    found = await relocations(rig)

    assert (found.version, found.moves) == (1, {ticket["id"]: Move(99, 5, 1)})


async def test_restored_database_is_told_by_its_epoch(database_of, tmp_path):
    async with rig_on(database_of("backend.ticket"), tmp_path, restore_epoch=3) as rig:
        await rig.tell(order_paid())

        answer = await rig.get(f"/cinemas/{CINEMA}/revocations", person("scanner"))

        assert open_revocations(answer.content, list_key(rig)).epoch == 3
        assert answer.headers["etag"] == '"3.0"'


async def test_key_of_the_tickets_does_not_open_a_list(rig: Rig):
    await rig.tell(order_paid())
    sealed = (await rig.get(f"/cinemas/{CINEMA}/revocations", person("scanner"))).content
    keys = KeyList.from_json((await rig.web.get("/keys")).content)

    for raw in keys.keys.values():
        with pytest.raises(ListRefused):
            open_revocations(sealed, Ed25519PublicKey.from_public_bytes(raw))
    with pytest.raises(ListRefused):
        open_relocations(sealed, list_key(rig))


@pytest.mark.parametrize("name", LISTS)
async def test_lists_are_for_the_doors_of_the_cinema(rig: Rig, name):
    await rig.tell(order_paid())
    callers = {
        "scanner": person("scanner"),
        "steward": person("door"),
        "scanner elsewhere": person("scanner", cinemas=("other",)),
        "kiosk": person("kiosk"),
        "customer": person("customer"),
        "guest": guest(STRANGER),
        "nobody": "not.a.token",
    }

    found = {
        who: (await rig.get(f"/cinemas/{CINEMA}/{name}", token)).status_code
        for who, token in callers.items()
    }

    assert found == {
        "scanner": 200,
        "steward": 200,
        "scanner elsewhere": 403,
        "kiosk": 403,
        "customer": 403,
        "guest": 403,
        "nobody": 401,
    }


@pytest.mark.parametrize("name", LISTS)
async def test_unknown_cinema_is_missing(rig: Rig, name):
    answer = await rig.get(f"/cinemas/{uuid4()}/{name}", person("scanner"))

    assert (answer.status_code, answer.json()["error"]) == (404, "CinemaMissing")
