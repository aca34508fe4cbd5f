"""The door's answers: each outcome that a server knows, and who may ask."""

from uuid import uuid4

import pytest

from backend.contracts.messages import TicketRevokeRequested
from tests.backend.ticket.admissions.scans import SCANNER, codes, outcome, scan
from tests.backend.ticket.builders import CINEMA, OTHER_CINEMA, order_paid, paid_line, showing
from tests.backend.ticket.rig import Rig, guest, person

pytestmark = pytest.mark.integration


async def test_first_scan_is_valid_and_shows_the_place(rig: Rig):
    await rig.tell(order_paid(**showing()))
    code, _ = await codes(rig)

    answer = (await rig.send("/admissions", person(SCANNER), scan(code))).json()

    assert {name: answer[name] for name in ("outcome", "row", "label", "room_name")} == {
        "outcome": "VALID",
        "row": "C",
        "label": "11",
        "room_name": "Sala 2",
    }
    rows = await rig.rows("SELECT status FROM ticket ORDER BY line_no")
    assert [row["status"] for row in rows] == ["ADMITTED", "ISSUED"]
    events = await rig.rows("SELECT version, status FROM ticket_event ORDER BY at, version")
    assert [tuple(row.values()) for row in events][-1] == (2, "ADMITTED")


async def test_second_scan_says_when_and_at_which_door(rig: Rig):
    await rig.tell(order_paid(**showing()))
    code, _ = await codes(rig)
    first = (await rig.send("/admissions", person(SCANNER), scan(code, door="A"))).json()

    second = (await rig.send("/admissions", person(SCANNER), scan(code, door="B"))).json()

    assert (second["outcome"], second["admitted_door"]) == ("DUPLICATE", "A")
    assert second["admitted_at"] == first["admitted_at"]


async def test_same_key_gets_the_same_answer_and_scans_once(rig: Rig):
    await rig.tell(order_paid(**showing()))
    code, other = await codes(rig)
    wanted = {"path": "/admissions", "token": person(SCANNER), "key": "scan-key-1"}

    first = await rig.send(**wanted, body=scan(code))
    again = await rig.send(**wanted, body=scan(code))
    reused = await rig.send(**wanted, body=scan(other))

    assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")
    assert (reused.status_code, reused.json()["error"]) == (422, "IdempotencyKeyReused")
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 1}]


@pytest.mark.parametrize(
    "read",
    [
        "\u0663" * 244,
        "\uff13" * 244,
        "\0" * 244,
        " " + "1" * 243,
        "1" * 4096,
        "\U0001f39f",
        "'; DROP TABLE ticket; --",
    ],
)
async def test_whatever_a_scanner_reads_is_answered_and_logged(rig: Rig, read):
    await rig.tell(order_paid(paid_line(1), **showing()))

    assert await outcome(rig, read) == "MALFORMED"
    assert await rig.rows("SELECT outcome, ticket_id FROM scan") == [
        {"outcome": "MALFORMED", "ticket_id": None}
    ]


async def _tell_of_every_kind(rig: Rig) -> None:
    await rig.tell(order_paid(paid_line(1), **showing()))
    revoked = order_paid(paid_line(2), **showing())
    await rig.tell(revoked)
    await rig.tell(
        TicketRevokeRequested(
            order_id=revoked.order_id, refund_id=uuid4(), cinema_id=CINEMA, lines=[2]
        )
    )
    await rig.tell(order_paid(paid_line(3), **showing(24 * 60)))
    await rig.tell(order_paid(paid_line(4), **showing(-24 * 60)))
    await rig.tell(order_paid(paid_line(5), **showing(screening_key=78)))
    await rig.tell(
        order_paid(
            paid_line(6), **showing(cinema_id=OTHER_CINEMA, cinema_slug="other", screening_key=99)
        )
    )


async def test_each_outcome_that_a_server_knows(rig: Rig):
    await _tell_of_every_kind(rig)
    good, dead, early, late, next_door, elsewhere = await codes(rig)

    found = [
        await outcome(rig, good),
        await outcome(rig, dead),
        await outcome(rig, early),
        await outcome(rig, late),
        await outcome(rig, next_door),
        await outcome(rig, elsewhere),
        await outcome(rig, elsewhere, keys=()),
        await outcome(rig, next_door, keys=()),
        await outcome(rig, good[:-1] + str((int(good[-1]) + 1) % 10)),
        await outcome(rig, "hello"),
        await outcome(rig, ""),
        await outcome(rig, "9" * 244),
    ]

    assert found == [
        "VALID",
        "REVOKED",
        "TOO_EARLY",
        "ENDED",
        "WRONG_SCREENING",
        "WRONG_SCREENING",
        "WRONG_SCREENING",
        "VALID",
        "FORGED",
        "MALFORMED",
        "MALFORMED",
        "MALFORMED",
    ]
    logged = await rig.rows("SELECT outcome, screening_keys FROM scan ORDER BY scanned_at")
    assert [row["outcome"] for row in logged] == found
    assert [len(row["screening_keys"]) for row in logged] == [1] * 6 + [0] * 2 + [1] * 4


async def test_signed_ticket_that_was_never_issued_is_told_apart(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)
    await rig.rows("DELETE FROM ticket RETURNING id")

    assert await outcome(rig, code) == "NOT_ISSUED"


async def test_foreign_ticket_shows_nothing_of_its_order(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    await rig.tell(order_paid(paid_line(2), **showing(cinema_id=OTHER_CINEMA, cinema_slug="other")))
    _, elsewhere = await codes(rig)

    answer = (await rig.send("/admissions", person(SCANNER), scan(elsewhere))).json()

    assert answer.pop("outcome") == "WRONG_SCREENING"
    assert set(answer.values()) == {None}


async def test_relocated_ticket_opens_its_new_door_and_shows_its_new_seat(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)
    await rig.rows(
        "INSERT INTO relocation (ticket_id, cinema_id, screening_key, seat, row_label, seat_label,"
        " room_name, version) SELECT id, cinema_id, 80, 3, 'F', '3', 'Sala 4', 1 FROM ticket"
        " RETURNING 1"
    )

    old = await outcome(rig, code, keys=(77,))
    new = (await rig.send("/admissions", person(SCANNER), scan(code, keys=(80,)))).json()

    assert old == "WRONG_SCREENING"
    assert (new["outcome"], new["row"], new["label"], new["room_name"]) == (
        "VALID",
        "F",
        "3",
        "Sala 4",
    )


async def test_only_the_doors_of_the_cinema_scan(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)
    callers = {
        "guest": guest(),
        "customer": person("customer"),
        "kiosk": person("kiosk"),
        "door elsewhere": person("door", cinemas=("other",)),
        "nobody": "not.a.token",
        "door": person("door"),
    }

    found = {
        who: (await rig.send("/admissions", token, scan(code))).status_code
        for who, token in callers.items()
    }

    assert found == {
        "guest": 403,
        "customer": 403,
        "kiosk": 403,
        "door elsewhere": 403,
        "nobody": 401,
        "door": 200,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"price": 1},
        {"code": "1" * 5000},
        {"door": "a\0b"},
        {"door": ""},
        {"cinema_id": "x"},
        {"screening_keys": ["x"]},
        {"code": None},
    ],
)
async def test_malformed_scan_is_refused_and_not_logged(rig: Rig, change):
    await rig.tell(order_paid(paid_line(1), **showing()))

    answer = await rig.send("/admissions", person(SCANNER), scan("1") | change)

    assert answer.status_code == 422
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 0}]


async def test_unknown_cinema_and_missing_key_are_problems(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))

    unknown = await rig.send("/admissions", person("admin"), scan("1", cinema=uuid4()))
    keyless = await rig.web.post(
        "/admissions", headers={"Authorization": f"Bearer {person('door')}"}, json=scan("1")
    )

    assert (unknown.status_code, unknown.json()["error"]) == (404, "CinemaMissing")
    assert (keyless.status_code, keyless.json()["error"]) == (400, "IdempotencyKeyMissing")


async def test_counts_are_of_the_callers_cinemas(rig: Rig):
    await rig.tell(order_paid(**showing()))
    code, _ = await codes(rig)
    await outcome(rig, code)

    here = await rig.get("/admissions?screening_key=77", person("door"))
    elsewhere = await rig.get("/admissions?screening_key=77", person("door", cinemas=("other",)))
    buyer = await rig.get("/admissions?screening_key=77", guest())

    assert here.json() == {"screening_key": 77, "sold": 2, "admitted": 1}
    assert elsewhere.json() == {"screening_key": 77, "sold": 0, "admitted": 0}
    assert buyer.status_code == 403
