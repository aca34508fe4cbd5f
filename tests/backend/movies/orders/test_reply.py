"""The reply of a new order, which is written as text: it is the order, to the letter."""

import re

import pytest

from backend.contracts.orders import OrderRead
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration

# What JSON has to escape, and what it need not.
AWKWARD = 'Röom "A" \\ <b> \u2028 🎬'

WHEN = re.compile(rb'"placed_at":"[^"]*"')


async def place(rig: Rig, token: str, **body: object) -> bytes:
    answer = await rig.post(
        {"screening_id": str(rig.cinema.screening)} | body,
        **{"authorization": f"Bearer {token}", "idempotency-key": "key-00001"},
    )
    assert answer.status_code == 201
    return answer.content


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("email", [None, "o.hara+x@example.org"])
async def test_reply_is_the_order_as_it_is_read(rig: Rig, language: str, email: str | None):
    token = guest_token()
    await rig.run("UPDATE room SET name = %s", AWKWARD)
    await rig.run("UPDATE layout_seat SET row_label = '\"\\' WHERE row_label = 'B'")
    await rig.run(
        "UPDATE ticket_type SET name = jsonb_build_object('en', %s::text, 'ro', 'Ș')", AWKWARD
    )
    lines = [{"seat": 11}, {"seat": 12, "ticket_type": "child"}]

    reply = await place(rig, token, lines=lines, language=language, email=email)

    placed = OrderRead.model_validate_json(reply)
    read = await rig.client.order(placed.id, token=token)
    assert placed.model_copy(update={"expires_in_s": read.expires_in_s}) == read
    assert placed.expires_in_s == 600.0
    assert placed.screening.room_name == AWKWARD
    assert [line.seat.row for line in placed.lines] == ['"\\', '"\\']
    # The same text as the contract writes, but for how an instant is spelled.
    assert WHEN.sub(b"", reply) == WHEN.sub(b"", placed.model_dump_json().encode())


async def test_lines_are_kept_as_they_were_answered(rig: Rig):
    reply = OrderRead.model_validate_json(
        await place(rig, guest_token(), lines=[{"seat": 11}, {"seat": 1}])
    )

    rows = await rig.rows("SELECT * FROM order_line ORDER BY line_no")
    kept = [
        (row["line_no"], row["seat_id"], row["seat_label"], row["seat_kind"], row["gross_minor"])
        for row in rows
    ]
    assert kept == [
        (line.line_no, line.seat.seat, line.seat.label, line.seat.kind, line.gross_minor)
        for line in reply.lines
    ]
