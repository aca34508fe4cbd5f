"""The visitor without a screen reads pages and sends forms as a browser does."""

import httpx2
import pytest

from cli.visitor import PageWrong, Visitor, parsed

PAGE = """
<a href="/en/films/metropolis">Metropolis</a> <a href="#main">Skip</a>
<form id="seats" method="post" action="/en/screenings/1">
  <input type="hidden" name="csrf" value="c&amp;1">
  <input type="checkbox" name="seat" value="7" checked><input type="checkbox" name="seat" value="8">
  <input type="checkbox" name="seat" value="9" disabled checked>
  <select name="type-7">
    <option value="adult">A</option><option value="child" selected>C</option>
  </select>
  <input name="email"><button name="go" value="hold">Hold</button>
</form>
<button form="seats" name="go" value="best">Best</button>
<form action="?party=2"><input type="number" name="party" value="2"></form>
"""


def test_a_form_sends_what_stands_in_it():
    form = parsed("http://site/en/x", 200, PAGE).form_with("csrf")

    assert form.fields == [("csrf", "c&1"), ("seat", "7"), ("type-7", "child"), ("email", "")]
    assert form.buttons == [("go", "hold"), ("go", "best")]
    assert (form.method, form.action) == ("POST", "http://site/en/screenings/1")


def test_links_are_whole_addresses():
    page = parsed("http://site/en/x", 200, PAGE)

    assert page.links_with("/films/") == ["http://site/en/films/metropolis"]


def test_a_missing_form_is_named():
    with pytest.raises(PageWrong, match="no form with 'card'"):
        parsed("http://site/en/x", 503, PAGE).form_with("card")


async def test_forms_are_filled_in_and_redirects_followed():
    seen = []

    def site(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.method, request.url.path, request.content.decode()))
        if request.method == "POST":
            return httpx2.Response(303, headers={"Location": "/en/orders/2"})
        return httpx2.Response(200, text="<h1>Order</h1>")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(site)) as http:
        form = parsed("http://site/en/x", 200, PAGE).form_with("csrf")
        page = await Visitor(http).send(form, {"email": "a@b.example"}, button=("go", "hold"))

    assert page.url == "http://site/en/orders/2"
    assert seen == [
        (
            "POST",
            "/en/screenings/1",
            "csrf=c%261&seat=7&type-7=child&email=a%40b.example&go=hold",
        ),
        ("GET", "/en/orders/2", ""),
    ]


async def test_a_circle_of_redirects_ends():
    def site(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"Location": "/again"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(site)) as http:
        with pytest.raises(PageWrong, match="circles"):
            await Visitor(http).get("http://site/")
