"""The stand-ins' pages load the house's typeface from their own origin."""

import re

import httpx2
import pytest
from starlette.applications import Starlette

from backend.onebox.typeface import typeface_css, typeface_route


@pytest.fixture
async def web():
    app = Starlette(routes=[typeface_route()])
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://stand-in"
    ) as client:
        yield client


async def test_every_file_that_the_rules_name_is_served(web):
    addresses = re.findall(r'url\("([^"]+)"\)', typeface_css())

    answers = [await web.get(address) for address in addresses]

    assert len(addresses) == 3
    assert {answer.headers["content-type"] for answer in answers} == {"font/woff2"}
    assert all(answer.content.startswith(b"wOF2") for answer in answers)


async def test_nothing_else_is_served(web):
    assert (await web.get("/-/fonts/..%2Ftokens.json")).status_code == 404
