"""The door's page: who may use it, what it sends, and what it shows of an answer."""

import json
from datetime import date

import pytest
from moviemesh_ticketcode.door import Outcome

from backend.contracts.catalogue import ProgrammeFilm
from backend.contracts.problems import Unavailable
from backend.contracts.tickets import AdmissionCounts, AdmissionRead
from tests.web.purchase import cinema, rig
from tests.web.purchase.rig import fields_of, words

PATH = "/en/door?door=Main+entrance&screening=7"
COUNTS = AdmissionCounts(screening_key=7, sold=120, admitted=37)


@pytest.fixture(autouse=True)
def _steward(said):
    said.session = rig.session("door")
    said.say("GET", "/admissions", COUNTS)


def admission(outcome: str) -> AdmissionRead:
    return AdmissionRead(
        outcome=outcome,
        ticket_id=None,
        row="F",
        label="7",
        seat_kind="premium",
        ticket_type_name="Student",
        room_name="Lumière",
        film_title="Metropolis",
        starts_at=cinema.STARTS,
        zone="Europe/Bucharest",
        admitted_at=cinema.NOW if outcome in {"VALID", "DUPLICATE"} else None,
        admitted_door="Side door" if outcome in {"VALID", "DUPLICATE"} else None,
    )


async def scan(browser, code: str = cinema.CODE, path: str = PATH, **changes: str):
    form = fields_of(await browser.get(path), path)
    return await browser.post(path, data={**dict(form), "code": code, **changes})


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ((), 401),
        (("customer",), 403),
        (("door",), 200),
        (("box_office",), 200),
        (("manager",), 200),
        (("admin",), 200),
    ],
)
async def test_door_is_for_those_who_may_admit(browser, said, roles, status):
    said.session = rig.session(*roles)

    pages = [await browser.get(path) for path in ("/en/door", "/ro/door", PATH)]

    assert [page.status_code for page in pages] == [status] * 3


async def test_customer_cannot_admit_by_sending_the_form(browser, said):
    form = dict(fields_of(await browser.get(PATH), PATH))
    said.session = rig.session("customer")

    answer = await browser.post(
        PATH, data={**form, "code": cinema.CODE}, headers={"Cookie": "visit=2"}
    )

    assert (answer.status_code, said.asked("POST", "/admissions")) == (403, [])


async def test_door_asks_first_where_it_is(browser):
    page = await browser.get("/en/door?door=&screening=7")

    assert "Something is missing" in words(page)
    assert "19:30 Nosferatu" in words(await browser.get("/en/door"))


@pytest.mark.parametrize("key", ["0", "-7", "seven", "9" * 19, "9" * 5000])
async def test_screening_that_cannot_be_is_no_place_to_stand(browser, key):
    page = await browser.get(f"/en/door?door=Main+entrance&screening={key}")

    assert (page.status_code, "Something is missing" in words(page)) == (200, True)


async def test_door_is_made_ready_at_night_for_the_next_day(browser, said):
    over = cinema.screening(ends_at=cinema.LONG_AGO)
    films = [ProgrammeFilm(film=cinema.film("Yesterday's"), screenings=[over])]
    next_day = cinema.programme()
    today = next_day.model_copy(update={"day": date(2099, 11, 26), "films": films})
    said.say("GET", "/cinemas/mesh/programme", today, next_day)

    page = await browser.get("/en/door")

    assert "Friday 27 November 2099" in words(page)
    assert "19:30 Nosferatu" in words(page)
    assert "Yesterday" not in words(page)


async def test_scan_is_sent_with_door_and_screenings(browser, said):
    said.say("POST", "/admissions", admission("VALID"))

    page = await scan(browser, f" {cinema.CODE[:100]}\n{cinema.CODE[100:]} ")

    (call,) = said.asked("POST", "/admissions")
    assert json.loads(call.body) == {
        "code": cinema.CODE,
        "door": "Main entrance",
        "cinema_id": str(cinema.CINEMA),
        "screening_keys": [7],
    }
    assert "Come in Row F Seat 7 Student" in words(page)
    assert "37 of 120 inside" in words(page)


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_outcome_is_shown_large(browser, said, outcome, language):
    said.say("POST", "/admissions", admission(outcome))

    page = await scan(browser, path=PATH.replace("/en", f"/{language}"))

    look = {"VALID": "good"}.get(outcome, "")
    assert page.status_code == 200
    assert f'class="outcome outcome-{look}' in page.text
    assert page.text.count('class="outcome outcome-good"') == (outcome == "VALID")


async def test_second_scan_says_when_and_where(browser, said):
    said.say("POST", "/admissions", admission("DUPLICATE"))

    assert "Came in Fri 27 Nov, 14:00, Side door" in words(await scan(browser))


async def test_last_scans_travel_with_the_page(browser, said):
    said.say("POST", "/admissions", admission("VALID"), admission("DUPLICATE"))
    first = await scan(browser)

    form = dict(fields_of(first, PATH))
    second = await browser.post(PATH, data={**form, "code": cinema.CODE})

    past = [value for name, value in fields_of(second, PATH) if name == "past"]
    assert [line.split("|")[1:] for line in past] == [
        ["DUPLICATE", "F7", "Student"],
        ["VALID", "F7", "Student"],
    ]


async def test_same_form_twice_is_one_scan(browser, said):
    said.say("POST", "/admissions", admission("VALID"))
    form = dict(fields_of(await browser.get(PATH), PATH))

    for _ in range(2):
        await browser.post(PATH, data={**form, "code": cinema.CODE})

    assert len({call.key for call in said.asked("POST", "/admissions")}) == 1


async def test_service_that_is_away_used_no_ticket_up(browser, said):
    said.say("POST", "/admissions", Unavailable())

    page = await scan(browser)

    assert (page.status_code, "the ticket was not used up" in words(page)) == (503, True)


async def test_count_that_cannot_be_had_does_not_stop_the_door(browser, said):
    said.say("GET", "/admissions", Unavailable())
    said.say("POST", "/admissions", admission("VALID"))

    assert "count not available" in words(await scan(browser))
