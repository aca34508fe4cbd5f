"""Posters are kept for ever by version, and can neither run nor load anything."""

import httpx2
import pytest

from backend.contracts.problems_catalogue import PosterMissing
from tests.web.builders import FILM

VERSION = "0123456789abcdef"
ADDRESS = f"movies/films/{FILM}/poster"


def poster(media_type="image/svg+xml", version=VERSION):
    return httpx2.Response(
        200, content=b"<svg/>", headers={"Content-Type": media_type, "ETag": f'"{version}"'}
    )


async def test_poster_is_kept_for_ever_under_a_policy_of_its_own(browser, services):
    services.say("GET", ADDRESS, poster())

    answer = await browser.get(f"/posters/{FILM}/{VERSION}")

    assert (answer.status_code, answer.content) == (200, b"<svg/>")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_movies_is_asked_for_a_poster_once(browser, services):
    services.say("GET", ADDRESS, poster())

    answers = [await browser.get(f"/posters/{FILM}/{VERSION}") for _ in range(3)]

    assert [answer.content for answer in answers] == [b"<svg/>"] * 3
    assert len(services.asked_at(ADDRESS)) == 1
    assert len({answer.headers["x-trace-id"] for answer in answers}) == 3


async def test_another_version_leads_to_the_present_one(browser, services):
    services.say("GET", ADDRESS, poster(version="fedcba9876543210"))

    answer = await browser.get(f"/posters/{FILM}/{VERSION}")

    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (
        307,
        f"/posters/{FILM}/fedcba9876543210",
        "no-cache",
    )


@pytest.mark.parametrize("media_type", ["text/html", "application/javascript", ""])
async def test_what_is_no_picture_is_not_served(browser, services, media_type):
    services.say("GET", ADDRESS, poster(media_type))

    answer = await browser.get(f"/posters/{FILM}/{VERSION}")

    assert (answer.status_code, answer.json()["error"]) == (404, "PosterMissing")


async def test_film_without_poster_and_strange_addresses_are_404(browser, services):
    services.say("GET", ADDRESS, PosterMissing())

    answers = [await browser.get(p) for p in (f"/posters/{FILM}/{VERSION}", "/posters/x/y")]

    assert [answer.status_code for answer in answers] == [404, 404]
