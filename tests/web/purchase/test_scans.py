"""The scans of a session travel in the page and come back as they were."""

import pytest
from moviemesh_ticketcode.door import Outcome

from backend.contracts.tickets import AdmissionRead
from tests.web.purchase import cinema
from web.purchase.scans import MOST, OUTCOMES, Scan, code_in, look_of, scan_of, scans_of


def answer(outcome: str, **changes: object) -> AdmissionRead:
    empty = dict.fromkeys(AdmissionRead.model_fields)
    return AdmissionRead.model_validate({**empty, "outcome": outcome, **changes})


def test_every_outcome_of_the_door_has_a_look():
    assert sorted(OUTCOMES) == sorted(Outcome)
    assert [outcome for outcome in OUTCOMES if look_of(outcome) == "good"] == ["VALID"]


def test_unknown_outcome_never_opens_the_door():
    assert look_of("PERHAPS") == "bad"


def test_scan_is_written_and_read_back():
    scan = scan_of(
        answer("VALID", row="F", label="7", ticket_type_name="Elev | student"),
        at=cinema.NOW,
        zone="Europe/Bucharest",
    )

    assert scan == Scan("14:00", "VALID", "F7", "Elev / student")
    assert scans_of([scan.written]) == [scan]


@pytest.mark.parametrize(
    "written", ["", "14:00", "14:00|PERHAPS|F7|x", "x|VALID|F7|x", "1|2|3|4|5"]
)
def test_what_we_did_not_write_is_left_out(written):
    assert scans_of([written]) == []


def test_only_the_newest_scans_are_kept():
    scans = [Scan("14:00", "VALID", f"F{n}", "") for n in range(30)]

    assert scans_of([scan.written for scan in scans]) == scans[: MOST - 1]


def test_scanners_noise_is_dropped_from_a_code():
    assert code_in(" 123\t456\r\n") == "123456"
