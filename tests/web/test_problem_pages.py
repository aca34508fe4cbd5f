"""Whatever goes wrong becomes a page that says what happened, what to do, and how to go on."""

import pytest
from structlog.testing import capture_logs

from backend.client.errors import Unreachable
from backend.contracts.problems import Denied, Gone, Internal, Missing, TooMany, Unsigned
from backend.contracts.problems_catalogue import FilmMissing
from brand.texts import texts
from tests.web.reading import read
from web.problem_pages import view_of

FILM = "movies/cinemas/mesh/films/nosferatu"


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        (FilmMissing(), "Nothing is showing here"),
        (Denied(), "Staff only"),
        (Gone(), "The end"),
        (Unsigned(), "Please sign in again"),
        (TooMany(retry_after_s=30), "One moment, please"),
        (Unreachable(), "A short interval"),
        (Internal(), "The film has torn"),
    ],
)
async def test_problem_of_a_service_is_a_page(browser, services, problem, title):
    services.say("GET", FILM, problem)

    answer = await browser.get("/en/films/nosferatu")

    page = read(answer.text)
    ways = [a.attributes["href"] for a in page.one("main").all("a")]
    assert (answer.status_code, page.one("h1").text) == (problem.status, title)
    assert answer.headers["cache-control"] == "no-store"
    assert "/en" in ways


async def test_page_is_in_the_language_of_the_address(browser, services):
    services.say("GET", FILM, Unreachable())

    page = read((await browser.get("/ro/films/nosferatu")).text)

    assert page.one("h1").text == "O scurtă pauză"
    assert page.one("title").text == "O scurtă pauză · MovieMesh"


async def test_waiting_is_told_to_programs_too(browser, services):
    waits = []
    for problem in (TooMany(retry_after_s=30.4), Unreachable()):
        services.say("GET", FILM, problem)
        waits.append((await browser.get("/en/films/nosferatu")).headers["retry-after"])

    assert waits == ["30", "5"]


async def test_nobody_ever_sees_a_trace_but_the_log_does(browser, services):
    def fails(_request):
        raise ZeroDivisionError("secret of the house")

    services.say("GET", FILM, fails)

    with capture_logs() as logs:
        answer = await browser.get("/en/films/nosferatu")

    assert (answer.status_code, read(answer.text).one("h1").text) == (500, "The film has torn")
    assert [(entry["event"], entry["path"]) for entry in logs] == [
        ("request failed", "/en/films/nosferatu")
    ]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


async def test_streams_and_files_get_problems_as_json(browser):
    answer = await browser.get("/static/x/nothing.css")

    assert (answer.status_code, answer.json()["error"]) == (404, "Missing")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
async def test_methods_that_a_page_does_not_know(browser, method):
    answer = await browser.request(method, "/en")

    assert answer.status_code == 405
    assert read(answer.text).one("h1").text == "That did not work"


def test_sentence_is_the_text_of_the_code_where_there_is_one():
    class Unheard(Missing):
        detail = "Something that no catalogue knows."

    view = view_of(Unheard(), texts("ro"))

    assert (view.code, view.sentence) == ("Unheard", "Something that no catalogue knows.")


async def test_figures_and_health_are_answered(browser):
    await browser.get("/en")

    figures = (await browser.get("/metrics")).text
    ready = await browser.get("/health/ready")

    assert 'mm_http_requests_total{route="/{language:language}",status="200"} 1.0' in figures
    assert ready.status_code == 200
