"""Static files are served under the address that the pages name, and no others."""

import pytest

from backend.onebox.identity.static_files import address_of, static_files
from tests.backend.onebox.identity.browser import ORIGIN

pytestmark = pytest.mark.integration


async def test_pages_name_files_that_exist(browser, client):
    page = await browser.open(client.begin().address)

    for name, file in static_files().items():
        assert address_of(name) in page.text or name.endswith(".woff2")
        answer = await browser.http.get(ORIGIN + address_of(name))
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] == file.media_type
        assert "immutable" in answer.headers["cache-control"]


async def test_browsers_find_the_icon_without_reading_a_page(browser):
    answer = await browser.http.get(f"{ORIGIN}/favicon.ico")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.content == static_files()["icon.svg"].content


@pytest.mark.parametrize("name", ["nothing.css", "..%2Fapp.py", "identity.css%00"])
async def test_other_files_do_not_exist(browser, name):
    assert (await browser.http.get(f"{ORIGIN}/resources/x/{name}")).status_code == 404
