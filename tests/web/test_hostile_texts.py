"""What strangers wrote is shown as they wrote it, and never acts (A11)."""

import json

import pytest

from backend.contracts.orders import OrderList
from tests.web.builders import film, film_page, order, person, programme, screening
from tests.web.reading import read

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "javascript:alert(1)",
    "'; DROP TABLE film; --",
    '=HYPERLINK("http://evil.example")',
    "%s%n{0}{t}{count}",
    "\u202egnp.exe\u202c",
    "\U0001d579 \U0001f468\u200d\U0001f469\u200d\U0001f467 s\u0308\u0307",
    "a" * 500,
    "&lt;b&gt; &amp;amp; &#x3c;",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_programme_and_film_show_text_as_text(browser, services, text):
    shown = film(
        title=text,
        original_title=text,
        synopsis=text,
        directors=[text],
        cast=[text],
        countries=[text],
        spoken_languages=[text],
        genres=[text],
        certificate=text[:10],
    )
    hall = screening(room_name=text, format=text[:20], subtitles=text[:10])
    services.say("GET", "movies/cinemas/mesh/programme", programme(hall, shown=shown))
    services.say("GET", "movies/cinemas/mesh/films/nosferatu", film_page(hall, shown=shown))

    for path in ("/en", "/en/films/nosferatu"):
        page = read((await browser.get(path)).text)

        assert acting(page) == []
        titles = [h.text for tag in ("h1", "h2") for h in page.all(tag)]
        assert " ".join(text.split()) in titles


@pytest.mark.parametrize("text", HOSTILE)
async def test_data_for_search_engines_cannot_leave_its_element(browser, services, text):
    shown = film(title=text, synopsis=text)
    services.say("GET", "movies/cinemas/mesh/films/nosferatu", film_page(shown=shown))

    answer = await browser.get("/en/films/nosferatu")

    raw = answer.text.partition('type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(raw)["@graph"][0]["name"] == text
    assert "<" not in raw


@pytest.mark.parametrize("text", HOSTILE)
async def test_orders_names_and_forms_show_text_as_text(browser, services, text):
    services.say("GET", "auth/internal/session", person(name=text, email=text))
    services.say("GET", "movies/orders", OrderList(orders=[order(title=text)]))

    pages = [
        await browser.get("/en/tickets"),
        await browser.get("/en/find", params={"x": text}),
        await browser.get("/en/" + text.replace("/", "").replace("%", "").replace("\\", "")),
        await browser.get("/en", params={"day": text}),
    ]

    for answer in pages:
        page = read(answer.text)
        assert acting(page) == []
    assert read(pages[0].text).one("h3").text == " ".join(text.split())


def acting(page):
    """Return what a page of ours never has: inline scripts, handlers, and foreign addresses."""
    found = []
    for element in page.walk():
        attributes = element.attributes
        if element.tag == "script" and "src" not in attributes:
            found += [] if attributes.get("type") == "application/ld+json" else [element]
        found += [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            address = attributes.get(name, "/")
            if not address.startswith(
                ("/", "#", "mailto:a@mesh.example", "http://localhost:8081/")
            ):
                found.append(address)
    return found
