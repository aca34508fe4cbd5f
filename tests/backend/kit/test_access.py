"""The access log tells who was let to which object, and nothing more."""

import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import Depends

from backend.contracts.permissions import Role
from backend.kit.access import AccessLog, note
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal, Token
from tests.backend.kit.service import small_service
from tests.support import keys

ANA = Principal(
    "guest:ana",
    frozenset({Role.GUEST}),
    email="ana@example.org",
    token=Token("Guest", ("movies", "ticket")),
)
ORDER = UUID("01900000-0000-7000-8000-00000000aaaa")


def answered(log: AccessLog, status: int = 200, **objects: object) -> None:
    route = SimpleNamespace(path="/orders/{order_id}")
    scope = {"method": "GET", "route": route, "path_params": objects}
    log.let_in(scope, ANA, "orders.read")
    note(scope, status)


def lines(folder) -> list[dict]:
    return [
        json.loads(line)
        for path in sorted(folder.iterdir())
        for line in path.read_text().splitlines()
    ]


def test_a_good_answer_on_an_object_is_a_line(tmp_path):
    log = AccessLog(tmp_path, "movies")
    answered(log, order_id=ORDER)
    log.write()

    [line] = lines(tmp_path)
    assert line.pop("at") == pytest.approx(datetime.now(UTC).timestamp(), abs=60)
    assert len(line.pop("trace_id")) == 32
    assert line == {
        "service": "movies",
        "subject": "guest:ana",
        "typ": "Guest",
        "aud": ["movies", "ticket"],
        "roles": ["guest"],
        "cinemas": [],
        "order": None,
        "operation": "orders.read",
        "method": "GET",
        "route": "/orders/{order_id}",
        "status": 200,
        "objects": {"order_id": str(ORDER)},
    }


@pytest.mark.parametrize("status", [199, 302, 403, 404, 500])
def test_only_good_answers_are_kept(tmp_path, status):
    log = AccessLog(tmp_path, "movies")
    answered(log, status, order_id=ORDER)
    log.write()

    assert lines(tmp_path) == []


def test_an_answer_about_no_object_is_not_kept(tmp_path):
    log = AccessLog(tmp_path, "movies")
    answered(log)
    log.write()

    assert lines(tmp_path) == []


def test_without_a_folder_nothing_is_kept():
    log = AccessLog(None, "movies")
    scope: dict = {}

    log.let_in(scope, ANA, "orders.read")

    assert scope == {}


def test_a_full_file_is_followed_by_another(tmp_path):
    log = AccessLog(tmp_path, "movies", largest=1)
    for _ in range(3):
        answered(log, order_id=uuid4())
        log.write()

    assert len(list(tmp_path.iterdir())) == 3
    assert len(lines(tmp_path)) == 3


def test_a_file_ends_with_its_day_and_is_forgotten_after_a_month(tmp_path):
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    log = AccessLog(tmp_path, "movies", clock=lambda: now)
    for days, name in ((29, "access-movies-kept.jsonl"), (31, "access-movies-old.jsonl")):
        _aged(tmp_path / name, now - timedelta(days=days))
    _aged(tmp_path / "access-movies.jsonl", now - timedelta(days=1))

    answered(log, order_id=ORDER)
    log.write()

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "access-movies-20261125T120000000000.jsonl",
        "access-movies-kept.jsonl",
        "access-movies.jsonl",
    ]


def _aged(path, at: datetime) -> None:
    path.write_text("")
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_a_disk_that_refuses_costs_only_lines(tmp_path, capsys):
    place = tmp_path / "access"
    place.write_text("a file where the folder should be")
    log = AccessLog(place, "movies")

    answered(log, order_id=ORDER)
    log.write()

    assert "access log not written" in capsys.readouterr().out


async def test_what_waits_is_written_at_the_end(tmp_path):
    log = AccessLog(tmp_path / "new", "movies")
    await log.start()
    answered(log, order_id=ORDER)
    await log.stop()

    assert [line["objects"] for line in lines(tmp_path / "new")] == [{"order_id": str(ORDER)}]


async def test_a_service_keeps_what_its_routes_let_pass(tmp_path):
    app = small_service()
    log = app.state.access = AccessLog(tmp_path, "movies")

    reader = allowed("orders.read").dependency

    @app.get("/orders/{order_id}")
    async def read(order_id: int, _: Annotated[Principal, Depends(reader)]) -> int:
        return order_id

    guest = UUID(int=7)
    headers = {"Authorization": f"Bearer {keys.guest_token(guest)}"}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://movies") as http:
        for path, sent in (("/orders/5", headers), ("/orders/6", {}), ("/orders/x", headers)):
            await http.get(path, headers=sent)
    log.write()

    found = [(x["subject"], x["typ"], x["aud"], x["objects"], x["route"]) for x in lines(tmp_path)]
    here = ["movies", "ticket"]
    assert found == [(f"guest:{guest}", "Guest", here, {"order_id": "5"}, "/orders/{order_id}")]
