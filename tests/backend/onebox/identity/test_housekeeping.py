"""What the sweep deletes, and what it keeps."""

import pytest

from backend.onebox.identity.housekeeping import sweep
from tests.backend.onebox.identity.client import PROTOCOL

pytestmark = pytest.mark.integration

_TABLES = ("sign_in", "authorization_code", "sso_session", "mailed_action", "failed_sign_in")
_AGE = (
    "UPDATE sign_in SET expires_at = now() - interval '2 days'",
    "UPDATE authorization_code SET expires_at = now() - interval '2 days'",
    "UPDATE sso_session SET expires_at = now() - interval '2 days'",
    "UPDATE mailed_action SET expires_at = now() - interval '2 days'",
    "UPDATE failed_sign_in SET failed_at = now() - interval '2 days'",
    "UPDATE signing_key SET retired_at = now() - interval '2 days' WHERE NOT is_active",
)


async def counts(app):
    async with app.state.parts.database.connection() as connection:
        query = "SELECT " + ", ".join(f"(SELECT count(*) FROM {t}) AS {t}" for t in _TABLES)
        return await (await connection.execute(query)).fetchone()


async def test_sweep_deletes_what_is_over_and_nothing_else(app, browser, client):
    parts = app.state.parts
    await client.signed_in(browser)
    await browser.open(client.begin(prompt="login").address)
    await browser.submit(username="who@mesh.example", password="wrong")
    await browser.open(str(browser.page.url).replace("authenticate", "reset-credentials"))
    await browser.submit(username="ana@mesh.example")
    await parts.keys.rotate()

    await sweep(parts)
    assert await counts(app) == {**dict.fromkeys(_TABLES, 1), "sign_in": 2}

    async with parts.database.connection() as connection:
        for statement in _AGE:
            await connection.execute(statement)
    await sweep(parts)
    assert await counts(app) == dict.fromkeys(_TABLES, 0)
    assert len((await browser.http.get(f"{PROTOCOL}/certs")).json()["keys"]) == 1
