"""The client against the service itself: answers become models, problems become classes again."""

from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moviemesh_ticketcode import KeyList, open_relocations, open_revocations

from backend.client.http import ServiceHttp
from backend.client.ticket import TicketClient
from backend.contracts.problems import Denied, IdempotencyKeyReused, Unsigned
from backend.contracts.problems_catalogue import CinemaMissing
from backend.contracts.problems_tickets import MailNeedsAddress, TicketsMissing
from backend.contracts.tickets import AdmissionCounts, AdmissionCreate
from tests.backend.ticket.builders import CINEMA, order_paid, showing
from tests.backend.ticket.rig import OWNER, STRANGER, Rig, guest, person

pytestmark = pytest.mark.integration


@pytest.fixture
def client(rig: Rig) -> TicketClient:
    return TicketClient(ServiceHttp(rig.web, "http://ticket.test"))


def scan(code: str) -> AdmissionCreate:
    return AdmissionCreate(code=code, door="A", cinema_id=CINEMA, screening_keys=[77])


async def test_owner_reads_tickets_and_documents(rig: Rig, client: TicketClient):
    paid = order_paid()
    await rig.tell(paid)
    token = guest(OWNER)

    found = await client.tickets(paid.order_id, token=token)

    assert [(one.line_no, one.status, len(one.code)) for one in found.tickets] == [
        (1, "ISSUED", 244),
        (2, "ISSUED", 244),
    ]
    tickets = await client.tickets_pdf(paid.order_id, token=token)
    receipt = await client.receipt_pdf(paid.order_id, token=token)
    assert (tickets[:5], receipt[:5]) == (b"%PDF-", b"%PDF-")
    assert len(tickets) > len(receipt)


async def test_door_scans_and_counts(rig: Rig, client: TicketClient):
    paid = order_paid(**showing())
    await rig.tell(paid)
    code = (await client.tickets(paid.order_id, token=guest(OWNER))).tickets[0].code
    token = person("door")

    first = await client.admit(scan(code), token=token, key="the-first-scan")
    again = await client.admit(scan(code), token=token, key="the-second-scan")
    replayed = await client.admit(scan(code), token=token, key="the-first-scan")

    assert (first.outcome, again.outcome, replayed) == ("VALID", "DUPLICATE", first)
    assert (again.admitted_at, again.admitted_door) == (first.admitted_at, "A")
    assert await client.admissions(77, token=token) == AdmissionCounts(
        screening_key=77, sold=2, admitted=1
    )


async def test_keys_and_lists_are_as_the_package_reads_them(rig: Rig, client: TicketClient):
    await rig.tell(order_paid())
    token = person("scanner")
    key = Ed25519PublicKey.from_public_bytes(rig.parts.keys.public_list_key)

    keys = KeyList.from_json(await client.keys())
    revoked = open_revocations(await client.revocations(CINEMA, token=token), key)
    moved = open_relocations(await client.relocations(CINEMA, token=token), key)

    assert (set(keys.keys), revoked.tickets, moved.moves) == ({6, 7}, (), {})


async def test_problems_are_raised_as_their_classes(rig: Rig, client: TicketClient):
    paid = order_paid(email=None)
    await rig.tell(paid)
    desk, door = person("box_office"), person("door")

    with pytest.raises(TicketsMissing):
        await client.tickets(paid.order_id, token=guest(STRANGER))
    with pytest.raises(Unsigned):
        await client.tickets(paid.order_id, token="not.a.token")
    with pytest.raises(Denied):
        await client.resend(paid.order_id, token=guest(OWNER), key=uuid4().hex)
    with pytest.raises(MailNeedsAddress):
        await client.resend(paid.order_id, token=desk, key=uuid4().hex)
    with pytest.raises(CinemaMissing):
        await client.revocations(uuid4(), token=door)
    await client.admit(scan("1"), token=door, key="a-key-of-a-scan")
    with pytest.raises(IdempotencyKeyReused):
        await client.admit(scan("2"), token=door, key="a-key-of-a-scan")
