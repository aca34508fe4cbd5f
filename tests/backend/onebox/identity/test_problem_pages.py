"""Whatever goes wrong, a person sees a page and a program sees JSON."""

import pytest

from tests.backend.onebox.identity.browser import ORIGIN
from tests.backend.onebox.identity.client import PROTOCOL

pytestmark = pytest.mark.integration


async def test_unknown_address_is_a_page(browser):
    answer = await browser.open(f"{ORIGIN}/realms/master?x=<script>")

    assert answer.status_code == 404
    assert browser.title == "There is no such page"
    assert "<script" not in answer.text


async def test_wrong_method_is_a_page(browser):
    answer = await browser.open(f"{PROTOCOL}/token")

    assert answer.status_code == 405


async def test_database_away_is_said_so(app, browser, client):
    await app.state.parts.database.close()

    page = await browser.open(client.begin().address)
    answer = await client.post("token", grant_type="refresh_token")
    keys = await browser.http.get(f"{PROTOCOL}/certs")

    assert (page.status_code, browser.title) == (503, "Signing in pauses for a moment")
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert keys.status_code == 200


async def test_fault_of_ours_is_a_page_without_a_trace(browser, client, monkeypatch):
    def fails(*_args: object) -> None:
        raise ZeroDivisionError("secret of the inside")

    monkeypatch.setattr("backend.onebox.identity.endpoints.authorize._asked", fails)

    answer = await browser.open(client.begin().address)

    assert (answer.status_code, browser.title) == (500, "Something went wrong on our side")
    assert "secret of the inside" not in answer.text
