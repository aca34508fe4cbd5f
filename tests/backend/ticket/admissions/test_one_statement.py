"""A scan asks the database once, whatever its answer; scans that come together share a commit."""

import asyncio
from collections import Counter

import pytest

from tests.backend.ticket.admissions.scans import SCANNER, codes, outcome, scan
from tests.backend.ticket.builders import order_paid, paid_line, showing
from tests.backend.ticket.counting import quiet, statements
from tests.backend.ticket.rig import Rig, person, rig_on

pytestmark = pytest.mark.integration
_ADMIT = "SELECT * FROM admit_scans(%s::jsonb)"


async def renamed(rig: Rig, old: str, new: str) -> None:
    async with rig.parts.database.connection() as connection:
        await connection.execute(f"ALTER FUNCTION {old} RENAME TO {new}")


async def test_each_scan_is_exactly_one_statement(rig: Rig, monkeypatch):
    await rig.tell(order_paid(paid_line(1), **showing()))
    await rig.tell(order_paid(paid_line(2), **showing(24 * 60)))
    good, early = await codes(rig)
    await quiet(rig)

    asked = {}
    for name, code in {"first": good, "second": good, "early": early, "none": "x"}.items():
        with statements(monkeypatch) as sent:
            asked[name] = (await outcome(rig, code), list(sent))

    one = [_ADMIT]
    assert asked == {
        "first": ("VALID", one),
        "second": ("DUPLICATE", one),
        "early": ("TOO_EARLY", one),
        "none": ("MALFORMED", one),
    }


async def test_scans_that_come_together_share_their_statements(rig: Rig, monkeypatch):
    await rig.tell(order_paid(*(paid_line(n) for n in range(1, 21)), **showing()))
    read = await codes(rig)
    await quiet(rig)

    with statements(monkeypatch) as sent:
        found = await asyncio.gather(*(outcome(rig, code) for code in read))

    assert found == ["VALID"] * 20
    assert set(sent) == {_ADMIT}
    assert len(sent) < 20
    assert await rig.rows("SELECT count(*) AS n FROM admission") == [{"n": 20}]


async def test_each_scan_has_its_own_commit_where_the_cinema_wants_it(
    database_of, tmp_path, monkeypatch
):
    async with rig_on(database_of("backend.ticket"), tmp_path, scans_per_batch=1) as rig:
        await rig.tell(order_paid(*(paid_line(n) for n in range(1, 11)), **showing()))
        read = await codes(rig)
        await quiet(rig)

        with statements(monkeypatch) as sent:
            found = await asyncio.gather(*(outcome(rig, code) for code in read))

        assert found == ["VALID"] * 10
        assert sent == [_ADMIT] * 10


async def test_refused_scan_refuses_no_other_of_its_batch(rig: Rig):
    await rig.tell(order_paid(*(paid_line(n) for n in range(1, 5)), **showing()))
    read = await codes(rig)
    elsewhere = person(SCANNER, cinemas=("other",), subject="stranger")

    answers = await asyncio.gather(
        *(
            rig.send("/admissions", elsewhere if number % 2 else person(SCANNER), scan(code))
            for number, code in enumerate(read)
        )
    )

    assert [answer.status_code for answer in answers] == [200, 403, 200, 403]
    assert await rig.rows("SELECT count(*) AS n FROM scan") == [{"n": 2}]


async def test_one_ticket_many_times_in_a_batch_is_let_in_once(rig: Rig):
    await rig.tell(order_paid(paid_line(1), **showing()))
    (code,) = await codes(rig)

    found = await asyncio.gather(*(outcome(rig, code, door=f"D{n}") for n in range(30)))

    assert Counter(found) == {"VALID": 1, "DUPLICATE": 29}


async def test_database_that_goes_away_leaves_nobody_waiting(rig: Rig):
    await rig.tell(order_paid(*(paid_line(n) for n in range(1, 4)), **showing()))
    read = await codes(rig)
    await quiet(rig)
    await renamed(rig, "admit_scans", "admit_scans_away")

    answers = await asyncio.gather(
        *(rig.send("/admissions", person(SCANNER), scan(code)) for code in read)
    )
    await renamed(rig, "admit_scans_away", "admit_scans")

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert [await outcome(rig, code) for code in read] == ["VALID"] * 3
