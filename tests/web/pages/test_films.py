"""A film's page: its facts, its screenings by day, and what search engines read."""

import json
from datetime import timedelta

import pytest

from backend.contracts.problems_catalogue import FilmMissing
from brand.texts import texts
from tests.web.builders import FILM, film, film_page, now, screening
from tests.web.reading import read

ADDRESS = "movies/cinemas/mesh/films/nosferatu"


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        (
            "en",
            {
                "Director": "F. W. Murnau",
                "Cast": "Max Schreck, Gustav von Wangenheim",
                "Countries": "Germany, Soviet Union",
                "Language": "Silent",
                "Certificate": "Under 12 with a parent's consent",
            },
        ),
        (
            "ro",
            {
                "Regizor": "F. W. Murnau",
                "Distribuție": "Max Schreck, Gustav von Wangenheim",
                "Țările": "Germania, Uniunea Sovietică",
                "Limba": "Film mut",
                "Clasificare": "Sub 12 ani cu acordul părinților",
            },
        ),
    ],
)
async def test_facts_stand_in_the_language_of_the_page(browser, services, language, facts):
    shown = film(cast=["Max Schreck", "Gustav von Wangenheim"], countries=["DE", "SU"])
    services.say("GET", ADDRESS, film_page(screening(), shown=shown))

    page = read((await browser.get(f"/{language}/films/nosferatu")).text)

    credits_ = page.one("dl", class_="credits").all("div")
    assert {row.one("dt").text: row.one("dd").text for row in credits_} == facts
    assert page.one("p", class_="synopsis").text == "A shadow climbs the stairs."


async def test_codes_that_nobody_knows_are_shown_as_they_are(browser, services):
    shown = film(countries=["Freedonia"], spoken_languages=["xx-nothing"], genres=["unheard"])
    services.say("GET", ADDRESS, film_page(shown=shown))

    page = read((await browser.get("/en/films/nosferatu")).text)

    text = page.one("dl", class_="credits").text
    assert ("Freedonia" in text, "xx-nothing" in text) == (True, True)
    assert page.one("ul", class_="facts-line").all("li")[2].text == "unheard"


async def test_screenings_stand_by_day_and_lead_to_the_seats(browser, services):
    soon = screening(starts_at=now() + timedelta(hours=30))
    later = screening(starts_at=now() + timedelta(days=9))
    services.say("GET", ADDRESS, film_page(later, soon))

    page = read((await browser.get("/en/films/nosferatu")).text)

    days = page.one("div", class_="by-day").all("section")
    assert [[a.attributes["href"] for a in day.all("a")] for day in days] == [
        [f"/en/screenings/{soon.id}"],
        [f"/en/screenings/{later.id}"],
    ]
    assert days[1].one("h3").text == texts("en").date(later.business_day)


async def test_film_that_is_not_shown_leads_to_the_programme(browser, services):
    services.say("GET", ADDRESS, film_page())

    page = read((await browser.get("/ro/films/nosferatu")).text)

    card = page.one("div", class_="intertitle")
    assert (card.one("h3").text, card.one("a").attributes["href"]) == (
        "Acum nu este în program",
        "/ro",
    )


@pytest.mark.parametrize(
    "slug", ["nothing", "a" * 81, "NOSFERATU%00", "..%2f..%2fcinemas", "ș", "a b", "%3Cscript%3E"]
)
async def test_other_films_are_missing(browser, services, slug):
    services.say("GET", "movies/cinemas/mesh/films/nothing", FilmMissing())

    answer = await browser.get(f"/en/films/{slug}")

    asked = {request.url.path for request in services.asked}
    assert answer.status_code == 404
    assert asked <= {"/cinemas/mesh/films/nothing"}


async def test_search_engines_read_the_film_and_its_screenings(browser, services):
    few = screening(free=2)
    services.say("GET", ADDRESS, film_page(few))

    page = read((await browser.get("/en/films/nosferatu")).text)
    movie, event = json.loads(page.one("script", type="application/ld+json").text)["@graph"]

    home = "http://localhost:8081"
    assert (movie["@type"], movie["name"], movie["duration"], movie["dateCreated"]) == (
        "Movie",
        "Nosferatu",
        "PT94M",
        "1922",
    )
    assert movie["image"] == f"{home}/posters/{FILM}/0123456789abcdef"
    assert (event["@type"], event["workPresented"]["@id"]) == ("ScreeningEvent", movie["@id"])
    assert event["offers"] == {
        "@type": "Offer",
        "url": f"{home}/en/screenings/{few.id}",
        "price": "33.50",
        "priceCurrency": "RON",
        "availability": "https://schema.org/LimitedAvailability",
    }
