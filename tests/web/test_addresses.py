"""Each page has one address, and nobody can make us send a reader to a stranger's."""

import pytest

from tests.web.conftest import PUBLIC, visit


@pytest.mark.parametrize("host", ["127.0.0.1:8081", "[::1]:8081"])
async def test_other_names_of_this_machine_lead_to_the_public_one(browser, host):
    answer = await browser.get("/en?day=2026-11-24", headers={"Host": host})

    assert (answer.status_code, answer.headers["location"]) == (307, f"{PUBLIC}/en?day=2026-11-24")


async def test_probes_are_answered_where_they_knock(browser):
    answer = await browser.get("/health/live", headers={"Host": "127.0.0.1:8081"})

    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


async def test_posts_are_not_led_anywhere(browser):
    answer = await browser.post("/en/find", headers={"Host": "127.0.0.1:8081"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "target"),
    [("/en/", "/en"), ("/en/films/nosferatu/", "/en/films/nosferatu"), ("//en//", "/en")],
)
async def test_slashes_at_the_end_are_led_away(browser, path, target):
    answer = await browser.get(PUBLIC + path)

    assert (answer.status_code, answer.headers["location"]) == (307, PUBLIC + target)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/",
        "/\\evil.example/",
        "/%2F%2Fevil.example/",
        "/en//evil.example/",
        "/http://evil.example/",
    ],
)
@pytest.mark.parametrize("host", ["localhost:8081", "127.0.0.1:8081", "evil.example"])
async def test_no_path_and_no_host_leads_to_a_stranger(site, path, host):
    async with visit(site()) as client:
        answer = await client.get(PUBLIC + path, headers={"Host": host})

    location = answer.headers.get("location", PUBLIC + "/")
    assert location.startswith(PUBLIC + "/")


async def test_public_host_is_never_led_away_from_itself_in_production(site):
    app = site(public_url="https://cinema.example")
    async with visit(app, "https://cinema.example") as client:
        answer = await client.get("/en", headers={"Host": "127.0.0.1:8081"})

    assert answer.status_code == 200
