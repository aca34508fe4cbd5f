"""Files are kept for ever under the address of their content, and not under any other."""

import re

import pytest

from tests.web.reading import read
from web.static_files import StaticFiles

FOR_EVER = "public, max-age=31536000, immutable"


async def test_everything_that_a_page_loads_is_there_for_ever(browser):
    page = read((await browser.get("/en")).text)
    addresses = [s.attributes["src"] for s in page.all("script")]
    addresses += [
        link.attributes["href"]
        for link in page.all("link")
        if link.attributes["rel"] in {"stylesheet", "icon", "preload"}
    ]

    answers = [await browser.get(address) for address in addresses]

    assert len(addresses) >= 5
    assert {(a.status_code, a.headers["cache-control"]) for a in answers} == {(200, FOR_EVER)}


async def test_fonts_of_the_sheet_are_served(browser):
    statics = StaticFiles()
    sheet = (await browser.get(statics.address("site.css"))).text

    fonts = re.findall(r'url\("(/static/fonts/[^"]+)"\)', sheet)
    answers = [await browser.get(font) for font in fonts]

    assert {(a.status_code, a.headers["content-type"]) for a in answers} == {(200, "font/woff2")}
    assert len(fonts) == 3


async def test_sheet_is_packed_for_those_who_can_unpack(browser):
    address = StaticFiles().address("site.css")

    packed = await browser.get(address, headers={"Accept-Encoding": "gzip"})
    plain = await browser.get(address, headers={"Accept-Encoding": "identity"})

    assert (packed.headers["content-encoding"], packed.headers["vary"]) == (
        "gzip",
        "Accept-Encoding",
    )
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


async def test_older_address_gets_the_present_file_and_is_not_kept(browser):
    answer = await browser.get("/static/0000000000000000/site.css")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/static/x/../app.py",
        "/static/x/%2e%2e/app.py",
        "/static/x/css/base.css",
        "/static/x//etc/passwd",
        "/static/fonts/nothing.woff2",
    ],
)
async def test_nothing_else_is_served(browser, path):
    answer = await browser.get("http://localhost:8081" + path)

    assert (answer.status_code, answer.json()["error"]) == (404, "Missing")


def test_address_of_a_file_that_is_not_there_is_a_mistake():
    with pytest.raises(KeyError):
        StaticFiles().address("js/nothing.js")


def test_address_changes_with_the_content(tmp_path, monkeypatch):
    monkeypatch.setattr("web.static_files.FOLDER", tmp_path)
    (tmp_path / "a.js").write_text("one", "utf-8")
    statics = StaticFiles(is_reloading=True)
    before = statics.address("a.js")

    (tmp_path / "a.js").write_text("two", "utf-8")

    assert statics.address("a.js") != before
    found = statics.find("a.js")
    assert found is not None
    assert found.content == b"two"
