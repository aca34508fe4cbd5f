"""The demo users and their passwords."""

import re

import pytest

from backend.onebox.identity.demo import DemoUser, ensure_users
from backend.onebox.identity.passwords import weakness_of
from backend.onebox.passphrases import memorable_password
from tests.backend.onebox.identity.browser import returned
from tests.backend.onebox.identity.conftest import ANA


def test_passwords_are_memorable_and_allowed():
    password = memorable_password()

    assert re.fullmatch("[a-z]+-[a-z]+-[a-z]+-[0-9]{2}", password)
    assert weakness_of(password, email="mia@mesh.example", name="Mia Dan") is None


@pytest.mark.integration
@pytest.mark.usefixtures("app")
async def test_only_new_users_are_returned(settings, browser, client):
    mia = DemoUser("mia@mesh.example", "Mia Dan", ("box_office",), cinemas=("cinema-mesh",))

    made = await ensure_users(settings, [ANA, mia])
    again = await ensure_users(settings, [ANA, mia])

    assert [user.email for user in made] == ["mia@mesh.example"]
    assert again == []
    await browser.open(client.begin().address)
    assert "code" in returned(
        await browser.submit(username="mia@mesh.example", password=made[0].password)
    )
