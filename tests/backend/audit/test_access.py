"""Lines of the access log that should not be there, and what the checker says about them."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from backend.audit.invariants.access import KNOWN_OBJECTS

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
_PATH = re.compile(r"@router\.\w+\(\s*\"([^\"]+)\"")


def line(order: str, /, **changes: object) -> str:
    """Return the line of a stranger who read an order."""
    return json.dumps(
        {
            "at": datetime(2026, 1, 1, tzinfo=UTC).timestamp(),
            "trace_id": "ab" * 16,
            "service": "movies",
            "subject": "guest:stranger",
            "typ": "Guest",
            "aud": ["movies", "ticket"],
            "roles": ["guest"],
            "cinemas": [],
            "order": None,
            "operation": "orders.read",
            "method": "GET",
            "route": "/orders/{order_id}",
            "status": 200,
            "objects": {"order_id": order},
            **changes,
        }
    )


STAFF = {"typ": "Bearer", "subject": "staff-1", "roles": ["manager"], "cinemas": ["mesh"]}
WRONG = [
    pytest.param(
        {}, "guest:stranger was let to order_id {issued}, which is not theirs.", id="a stranger"
    ),
    pytest.param(
        {**STAFF, "cinemas": ["other"]},
        "staff-1 was let to order_id {issued}, which is not theirs.",
        id="another cinema's manager",
    ),
    pytest.param(
        {**STAFF, "roles": ["customer"]},
        "staff-1 was let to order_id {issued}, which is not theirs.",
        id="a customer of the cinema",
    ),
    pytest.param(
        {"order": str(uuid4())},
        "guest:stranger was let to order_id {issued}, which is not theirs.",
        id="who looked up another order",
    ),
    pytest.param(
        {"subject": "{owner}", "operation": "orders.refund"},
        "{owner} did orders.refund without a role that opens it. / "
        "{owner} was let to order_id {issued}, which is not theirs.",
        id="an owner who refunds",
    ),
    pytest.param(
        {**STAFF, "typ": "ID"},
        "staff-1 passed movies with a token that is not for it.",
        id="with a token of another kind",
    ),
    pytest.param(
        {**STAFF, "aud": ["ticket"]},
        "staff-1 passed movies with a token that is not for it.",
        id="with a token for another service",
    ),
    pytest.param(
        {**STAFF, "operation": "catalogue.write", "objects": {"cinema": "other"}},
        "staff-1 was let to cinema other, which there is not.",
        id="to a cinema that there is not",
    ),
    pytest.param(
        {**STAFF, "operation": "checkouts.write", "objects": {"attempt": "1"}},
        "staff-1 did checkouts.write without a role that opens it. / "
        "staff-1 was let to the attempt 1 of services.",
        id="to payment",
    ),
]
RIGHT = [
    pytest.param({"subject": "{owner}"}, id="the owner"),
    pytest.param({"subject": "{owner}", "operation": "orders.pay"}, id="the owner who pays"),
    pytest.param({"order": "{issued}"}, id="who looked it up"),
    pytest.param(STAFF, id="the cinema's manager"),
    pytest.param({**STAFF, "operation": "orders.refund"}, id="the manager who refunds"),
    pytest.param({**STAFF, "roles": ["admin"], "cinemas": []}, id="an admin of none"),
    pytest.param(
        {"typ": "Service", "subject": "service:movies", "roles": ["service"],
         "service": "payment", "aud": ["payment"], "operation": "checkouts.write"},
        id="a service",
    ),
    pytest.param({"at": 4e9}, id="later than the databases were read"),
]  # fmt: skip


async def judged(damaged, place: Path, text: str) -> list[str]:
    write(place, text)
    return await damaged.found("I24", access_log=place)


def write(place: Path, text: str) -> None:
    place.write_text(text + "\n")


async def filled(damaged, changes: dict) -> tuple[str, dict]:
    row = await damaged.row("movies", "SELECT owner FROM orders WHERE id = %(issued)s")
    facts = {**damaged.orders, "owner": row["owner"]}
    said = json.loads(line(damaged.orders["issued"], **changes))
    text = json.dumps(
        {
            name: value.format(**facts)
            if isinstance(value, str) and value in {"{owner}", "{issued}"}
            else value
            for name, value in said.items()
        }
    )
    return text, facts


@pytest.mark.parametrize(("changes", "says"), WRONG)
async def test_who_was_let_to_what_is_not_theirs_is_found(damaged, tmp_path, changes, says):
    text, facts = await filled(damaged, changes)

    found = await judged(damaged, tmp_path / "access.jsonl", text)
    assert found == says.format(**facts).split(" / ")


@pytest.mark.parametrize("changes", RIGHT)
async def test_who_may_is_left_alone(damaged, tmp_path, changes):
    text, _ = await filled(damaged, changes)

    assert await judged(damaged, tmp_path / "access.jsonl", text) == []


async def test_a_line_that_cannot_be_read_is_told(damaged, tmp_path):
    found = await judged(damaged, tmp_path / "access.jsonl", '{"at": 5')

    assert found == ["Line 1 of access.jsonl cannot be read."]


async def test_the_house_let_nobody_to_what_is_not_theirs(damaged):
    verdict = await damaged.verdict("I24", access_log=damaged.access_log)

    assert verdict.findings == ()
    assert verdict.rows_checked > 20


def test_every_object_in_a_path_is_one_that_the_checker_knows():
    paths = [
        path
        for source in (ROOT / "backend").glob("*/*/endpoints.py")
        for path in _PATH.findall(source.read_text("utf-8"))
    ]
    named = {name for path in paths for name in re.findall(r"{(\w+)", path)}

    assert "order_id" in named
    assert named <= KNOWN_OBJECTS
