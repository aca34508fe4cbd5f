"""The example in the ticket code's README is run as it stands there."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from moviemesh_ticketcode import KeyList, TicketFields, sign

from tests.docs.pages import ROOT, read


def test_readme_of_the_ticket_code(capsys):
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    fields = TicketFields(
        ticket_id=uuid4(),
        screening_key=7,
        seat=117,
        category=1,
        not_before_at=now - timedelta(minutes=5),
        not_after_at=now + timedelta(hours=2),
    )
    given = {
        "document": KeyList({1: key.public_key().public_bytes_raw()}).to_json(),
        "scanned_text": sign(fields, key_id=1, key=key),
        "screening_key": 7,
        "now": now,
    }
    (example,) = read(ROOT / "ticketcode/README.md").blocks("python")

    exec(example, given)

    # The comment at the end of the example says what it prints.
    assert capsys.readouterr().out.split() == example.rpartition("# ")[2].split()
