"""What each service documents: a whole contract, and a page that needs nothing from outside."""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from backend.auth import app as auth
from backend.contracts.permissions import PERMISSIONS
from backend.kit.cache import InProcessCache
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies import app as movies
from backend.movies.settings import MoviesSettings
from backend.payment import app as payment
from backend.ticket import app as ticket
from tests.backend.auth.rig import auth_settings
from tests.backend.kit.service import calling
from tests.backend.payment.lives import payment_settings
from tests.backend.ticket.rig import settings_for
from tests.support import keys

_DSN = "postgresql://nobody@localhost/nothing"
# RELIABILITY of a retry: these have an identity of their own, or change nothing that stays.
_KEYLESS = {
    ("movies", "POST", "/orders/{order_id}/sync"),
    ("movies", "POST", "/lookups"),
    ("payment", "POST", "/webhooks/stripe"),
    ("payment", "POST", "/checkouts/{order_id}/{attempt}/sync"),
    ("auth", "POST", "/auth/sign-out"),
    ("auth", "POST", "/auth/lookups"),
    ("auth", "POST", "/internal/lookups"),
}
# What anybody may call, and what has a key of its own kind; all else asks for a permission.
_OPEN: dict[tuple[str, str, str], list[dict[str, list[str]]] | None] = {
    ("movies", "GET", "/cinemas"): None,
    ("movies", "GET", "/cinemas/{cinema}"): None,
    ("movies", "GET", "/cinemas/{cinema}/films"): None,
    ("movies", "GET", "/cinemas/{cinema}/films/{slug}"): None,
    ("movies", "GET", "/films/{film_id}/poster"): None,
    ("movies", "GET", "/cinemas/{cinema}/rooms"): None,
    ("movies", "GET", "/cinemas/{cinema}/programme"): None,
    ("movies", "GET", "/screenings/{screening_id}"): None,
    ("movies", "GET", "/screenings/{screening_id}/seats"): None,
    ("movies", "GET", "/screenings/{screening_id}/seats/live"): None,
    ("movies", "GET", "/screenings/{screening_id}/seats/best"): None,
    ("ticket", "GET", "/keys"): None,
    ("payment", "POST", "/webhooks/stripe"): [{"signature": []}],
    ("auth", "GET", "/auth/sign-in"): None,
    ("auth", "GET", "/auth/register"): None,
    ("auth", "GET", "/auth/callback"): [{"sign-in": []}, {}],
    ("auth", "POST", "/auth/sign-out"): [{"session": []}, {}],
    ("auth", "POST", "/auth/lookups"): None,
}


def _movies(_folder: Path) -> FastAPI:
    settings = MoviesSettings(
        dsn=SecretStr(_DSN),
        oidc_issuer=keys.ISSUER,
        oidc_internal_url=keys.ISSUER,
        signing_key=keys.private("movies"),
        lookup_secret=SecretStr("look-up"),
        public_url="http://localhost:8081",
        payment_url="http://payment",
    )
    away = httpx2.AsyncClient()
    return movies.create_app(
        settings, broker=InProcessBroker(), nudges=InProcessNudges(), http=away
    )


def _payment(_folder: Path) -> FastAPI:
    settings = payment_settings(_DSN)
    return payment.create_app(settings, broker=InProcessBroker(), http=httpx2.AsyncClient())


def _ticket(folder: Path) -> FastAPI:
    settings = settings_for(_DSN, folder)
    return ticket.create_app(settings, broker=InProcessBroker(), http=httpx2.AsyncClient())


def _auth(_folder: Path) -> FastAPI:
    return auth.create_app(auth_settings(), cache=InProcessCache(), http=httpx2.AsyncClient())


SERVICES: dict[str, Callable[[Path], FastAPI]] = {
    "movies": _movies,
    "payment": _payment,
    "ticket": _ticket,
    "auth": _auth,
}
every_service = pytest.mark.parametrize("name", SERVICES)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@every_service
async def test_contract_is_whole(name, tmp_path):
    document = SERVICES[name](tmp_path).openapi()

    assert document["openapi"].startswith("3.1")
    assert document["info"]["description"]
    names = Counter(operation["operationId"] for _, _, operation in operations(document))
    assert set(names.values()) == {1}
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        assert operation["description"].endswith("."), where
        problem = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert problem["required"] == ["error", "detail", "trace_id"], where
        placed = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert placed == set(re.findall(r"{(\w+)}", path)), where
        counts = Counter((p["name"].lower(), p["in"]) for p in operation.get("parameters", []))
        assert set(counts.values()) <= {1}, where


@every_service
async def test_references_of_the_contract_lead_somewhere(name, tmp_path):
    document = SERVICES[name](tmp_path).openapi()

    for reference in re.findall(r"'\$ref': '([^']+)'", str(document)):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node


@every_service
async def test_what_has_effects_says_that_it_needs_a_key(name, tmp_path):
    document = SERVICES[name](tmp_path).openapi()

    keyless = {
        (name, method, path)
        for method, path, operation in operations(document)
        if method != "GET"
        and "Idempotency-Key" not in {p["name"] for p in operation.get("parameters", [])}
    }

    assert keyless == {one for one in _KEYLESS if one[0] == name}


@every_service
async def test_contract_says_whose_token_opens_each_operation(name, tmp_path):
    document = SERVICES[name](tmp_path).openapi()

    doors = {
        (name, method, path): operation.get("security")
        for method, path, operation in operations(document)
    }
    guarded = {where: door or [] for where, door in doors.items() if where not in _OPEN}
    named = [permission for door in guarded.values() for permission in door[0]["token"]]
    assert {where: door for where, door in doors.items() if where in _OPEN} == {
        where: door for where, door in _OPEN.items() if where[0] == name
    }
    assert [door for door in guarded.values() if [*map(list, door)] != [["token"]]] == []
    assert len(named) == len(guarded)
    assert set(named) <= set(PERMISSIONS)
    schemes = {scheme for door in doors.values() for way in door or [] for scheme in way}
    assert set(document["components"].get("securitySchemes", {})) == schemes


@every_service
async def test_page_of_the_operations_works_offline_under_its_own_policy(name, tmp_path):
    app = SERVICES[name](tmp_path)
    async with calling(app) as http:
        page, contract = await http.get("/docs"), await http.get("/openapi.json")

    text = page.text
    assert contract.json() == app.openapi()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    )
    assert re.findall(r"(?:src|href)=\"([^\"]+)\"", text) == ["/openapi.json"]
    assert not re.search(r"<script|<img|<link|@import|url\(|style=|https?://", text)
    for _, path, _ in operations(app.openapi()):
        assert f"<code>{path}</code>" in text


async def test_page_of_the_operations_says_what_each_needs(tmp_path):
    async with calling(_auth(tmp_path)) as http:
        page = await http.get("/docs")

    sections = page.text.split("<section>")[1:]
    needed = {
        re.findall(r"<code>(.*?)</code>", section)[0]: re.findall(r"Needs: (.*?)\. ", section)
        for section in sections
    }
    assert needed == {
        "/auth/callback": ["sign-in or nothing"],
        "/auth/lookups": ["nothing"],
        "/auth/register": ["nothing"],
        "/auth/sign-in": ["nothing"],
        "/auth/sign-out": ["session or nothing"],
        "/internal/lookups": ["token sessions.read"],
        "/internal/session": ["token sessions.read"],
    }
