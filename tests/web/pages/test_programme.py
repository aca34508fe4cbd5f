"""The programme of a day, in every state that it can be in, in both languages."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest

from backend.client.errors import Unreachable
from backend.contracts.problems import Unavailable
from brand.texts import texts
from tests.web.builders import cinema, film, now, programme, screening
from tests.web.reading import read
from web.showings import business_day

PROGRAMME = "movies/cinemas/mesh/programme"


def today():
    return business_day(cinema(), now())


@pytest.fixture
def show(services, browser):
    """Have movies answer a programme and read the page."""

    async def showing(*screenings, path="/en", **changes):
        services.say("GET", PROGRAMME, programme(*screenings, **changes))
        answer = await browser.get(path)
        return answer, read(answer.text)

    return showing


@pytest.mark.parametrize(("language", "price"), [("en", "RON 33.50"), ("ro", "33,50 lei")])
async def test_screening_says_time_room_format_and_the_whole_price(show, language, price):
    tomorrow, t = today() + timedelta(days=1), texts(language)
    noon = datetime.combine(tomorrow, time(12), ZoneInfo("Europe/Bucharest"))

    _, page = await show(
        screening(starts_at=noon), path=f"/{language}?day={tomorrow}", day=tomorrow
    )

    stub = page.one("a", class_="stub")
    assert stub.text == " ".join(
        [
            "12:00",
            "Room 1",
            "2D" + t("web.showing.subtitles", language="RO"),
            t("web.showing.from", price=price) + " " + t("web.showing.included"),
            t("web.showing.plenty"),
        ]
    ).replace("\u00a0", " ")
    assert t("web.programme.prices") in page.one("main").text


async def test_screening_after_midnight_names_its_own_date(show):
    tomorrow = today() + timedelta(days=1)
    night = datetime.combine(tomorrow, time(23, 40), ZoneInfo("Europe/Bucharest"))
    late = screening(starts_at=night + timedelta(minutes=30))

    _, page = await show(late, screening(starts_at=night), path=f"/en?day={tomorrow}", day=tomorrow)

    assert [stub.text for stub in page.all("time", class_="stub-time")] == [
        "23:40",
        "00:10 " + texts("en").date(tomorrow + timedelta(days=1), style="short"),
    ]


async def test_film_says_what_it_is(show):
    _, page = await show(screening())

    entry = page.one("article", class_="film")
    assert entry.one("h2").text == "Nosferatu"
    assert entry.one("p", class_="film-original").text == (
        "Nosferatu, eine Symphonie des Grauens, 1922"
    )
    assert [fact.text for fact in entry.one("ul", class_="facts-line").all("li")] == [
        "AP-12 Under 12 with a parent's consent",
        "1 h 34 min",
        "Silent",
        "Horror",
    ]
    assert [img.attributes["src"] for img in entry.all("img")] == [
        f"/posters/{film().id}/0123456789abcdef"
    ]


async def test_film_without_a_poster_shows_its_title_instead(show):
    _, page = await show(screening(), shown=film(poster_version=None))

    assert page.one("article").one("span", class_="poster-none").text == "Nosferatu"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("a", "stub-plenty", "Plenty of seats")),
        ({"free": 3}, ("a", "stub-few", "Few left")),
        ({"free": 0}, ("a", "stub-sold_out", "Sold out")),
        ({"is_on_sale": False, "state": "closed"}, ("div", "stub-closed", "Sale closed")),
        (
            {"is_on_sale": False, "sale_opens_at": now() + timedelta(days=1)},
            ("div", "stub-not_open", "Not open yet"),
        ),
    ],
)
async def test_availability_is_a_word_and_a_mark(show, changes, expected):
    tag, kind, word = expected
    _, page = await show(screening(**changes))

    stub = page.one(tag, class_=kind)
    left = stub.one("span", class_="stub-left")
    marks = [*left.all("svg"), *left.all("span", class_="meter")]
    assert (left.text, len(marks)) == (word, 1)


async def test_sold_out_and_closed_name_no_price(show):
    _, page = await show(screening(free=0), screening(is_on_sale=False, state="closed"))

    assert [stub for stub in page.all("span", class_="stub-price") if "RON" in stub.text] == []


async def test_days_lead_to_their_programmes(show):
    _, page = await show(screening())

    days = page.one("nav", class_="days").all("a")
    tomorrow = today() + timedelta(days=1)
    assert [(day.attributes["href"], day.attributes.get("aria-current")) for day in days] == [
        ("/en", "page"),
        (f"/en?day={tomorrow.isoformat()}", None),
    ]


async def test_next_film_is_recommended_today_only(show):
    soon = screening()
    _, page = await show(soon)
    tomorrow = today() + timedelta(days=1)
    _, other = await show(soon, path=f"/en?day={tomorrow}", day=tomorrow)

    assert page.one("a", class_="next-up").attributes["href"] == f"/en/screenings/{soon.id}"
    assert other.all("a", class_="next-up") == []


async def test_movies_is_asked_for_the_day_and_language_of_the_address(show, services):
    await show(screening(), path="/ro?day=2026-11-24")

    (asked,) = services.asked_at(PROGRAMME)
    assert dict(asked.url.params) == {"language": "ro", "day": "2026-11-24"}


@pytest.mark.parametrize("language", ["en", "ro"])
async def test_empty_day_leads_to_one_with_films(show, language):
    answer, page = await show(path=f"/{language}?day={today()}")

    card = page.one("div", class_="intertitle")
    tomorrow = today() + timedelta(days=1)
    assert answer.status_code == 200
    assert card.one("h2").text == texts(language)("web.programme.empty.title")
    assert card.one("a").attributes["href"] == f"/{language}?day={tomorrow}"


async def test_when_today_is_over_the_front_page_goes_on_with_the_next_day(services, browser):
    tomorrow = today() + timedelta(days=1)

    def answers(request):
        asked = request.url.params.get("day")
        shown = programme(screening(), day=tomorrow) if asked else programme()
        return _json(shown)

    services.say("GET", PROGRAMME, answers)
    page = read((await browser.get("/en")).text)

    assert page.one("h1").text == "Tomorrow " + texts("en").date(tomorrow)
    assert "Today's films are over." in page.one("main").text
    assert page.one("nav", class_="days").all("a")[0].attributes["href"] == f"/en?day={today()}"


async def test_past_day_shows_what_was_on_and_sells_nothing(show):
    yesterday = today() - timedelta(days=1)
    past = screening(starts_at=now() - timedelta(days=1), is_on_sale=False)

    answer, page = await show(past, path=f"/en?day={yesterday}", day=yesterday)

    assert answer.status_code == 200
    assert "This day is over." in page.one("main").text
    assert (len(page.all("article", class_="film")), page.all("a", class_="stub")) == (1, [])


@pytest.mark.parametrize(
    "day", ["banana", "2026-02-30", "20261124", "2026-W48-2", "0000-00-00", "' OR 1=1", "🎬" * 10]
)
async def test_day_that_is_none_says_so_and_offers_the_others(browser, services, day):
    answer = await browser.get("/en", params={"day": day})

    page = read(answer.text)
    assert (answer.status_code, page.one("h1").text) == (404, "There is no such day")
    assert len(page.one("nav", class_="days").all("a")) == 2
    assert [dict(asked.url.params) for asked in services.asked] == [{"language": "en"}]


@pytest.mark.parametrize("problem", [Unreachable(), Unavailable()])
async def test_last_known_programme_is_shown_as_old_when_movies_is_away(browser, services, problem):
    await browser.get("/ro")
    services.say("GET", PROGRAMME, problem)

    answer = await browser.get("/ro")

    page = read(answer.text)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["cache-control"] == "no-store"
    assert page.one("div", role="alert").one("h2").text == "Programul acesta poate fi depășit"
    assert len(page.all("article", class_="film")) == 1
    # Nothing can be bought now, so nothing leads to seats.
    assert [a for a in page.all("a") if "/screenings/" in a.attributes["href"]] == []


async def test_old_programme_of_another_language_or_day_is_not_taken_for_this_one(
    browser, services
):
    await browser.get("/ro")
    services.say("GET", PROGRAMME, Unreachable())

    answers = [await browser.get(path) for path in ("/en", "/ro?day=2026-11-24")]

    assert [read(answer.text).one("h1").text for answer in answers] == [
        "A short interval",
        "O scurtă pauză",
    ]
    assert [answer.status_code for answer in answers] == [503, 503]


async def test_programme_is_new_again_when_movies_is_back(browser, services):
    await browser.get("/en")
    services.say("GET", PROGRAMME, Unreachable())
    await browser.get("/en")
    services.say("GET", PROGRAMME, programme(screening()))

    answer = await browser.get("/en")

    assert (answer.status_code, read(answer.text).all("div", role="alert")) == (200, [])


def _json(model):
    return httpx2.Response(200, content=model.model_dump_json())
