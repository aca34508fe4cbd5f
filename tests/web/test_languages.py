"""The language stands in the address; `/` follows the browser's wish."""

import pytest

from tests.web.reading import read


@pytest.mark.parametrize(
    ("wish", "target"),
    [
        ("ro-RO,ro;q=0.9,en;q=0.8", "/ro"),
        ("en-GB", "/en"),
        ("de, ro;q=0.3", "/ro"),
        ("ro;q=0.2, en;q=0.7", "/en"),
        ("ro;q=0", "/en"),
        ("ro;q=banana", "/en"),
        ("fr", "/en"),
        ("", "/en"),
        ("*", "/en"),
        ("," * 5000, "/en"),
    ],
)
async def test_front_door_leads_to_the_language_of_the_browser(browser, wish, target):
    answer = await browser.get("/", headers={"Accept-Language": wish})

    assert (answer.status_code, answer.headers["location"]) == (302, target)
    assert answer.headers["vary"] == "Accept-Language"


async def test_front_door_keeps_what_a_sign_in_has_to_tell(browser):
    answer = await browser.get("/?signin=failed", headers={"Accept-Language": "ro"})

    assert answer.headers["location"] == "/ro?signin=failed"


@pytest.mark.parametrize("language", ["en", "ro"])
async def test_page_declares_its_language(browser, language):
    page = read((await browser.get(f"/{language}")).text)

    assert page.one("html").attributes["lang"] == language


async def test_switch_leads_to_the_same_page_in_the_other_language(browser):
    page = read((await browser.get("/en?day=2026-11-24")).text)

    links = page.one("ul", class_="tongues").all("a")
    assert [(a.attributes["lang"], a.attributes["href"]) for a in links] == [
        ("en", "/en?day=2026-11-24"),
        ("ro", "/ro?day=2026-11-24"),
    ]
    assert [a.attributes.get("aria-current") for a in links] == ["true", None]


@pytest.mark.parametrize("path", ["/fr", "/EN", "/en-GB", "/fr/films/nosferatu"])
async def test_other_languages_are_no_pages(browser, path):
    page = await browser.get(path, headers={"Accept-Language": "ro"})

    assert page.status_code == 404
    assert read(page.text).one("html").attributes["lang"] == "ro"
