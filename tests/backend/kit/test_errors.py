"""Whatever is raised becomes a problem with a code and a sentence, and never a stack trace."""

import json

import pytest
from pydantic import ValidationError

from backend.contracts.orders import OrderPay
from backend.contracts.problems import Internal
from backend.kit.errors import malformed
from tests.backend.kit.service import SECRET, calling, problem, small_service, written_logs
from tests.support import keys

RAISED = {
    "bug": (500, "Internal"),
    "own": (500, "Internal"),
    "away": (503, "Unavailable"),
    "conflict": (409, "Refused"),
    "unfit": (422, "Malformed"),
    "waiting": (429, "TooMany"),
    "teapot": (500, "Internal"),
}


@pytest.fixture
async def http():
    async with calling(small_service()) as client:
        yield client


@pytest.mark.parametrize("name", RAISED)
async def test_raised_error_becomes_a_problem_that_tells_no_detail(http, name):
    with written_logs() as lines:
        answer = await http.get(f"/raise/{name}")

    assert problem(answer) == RAISED[name]
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert all(line["trace_id"] == answer.headers["x-trace-id"] for line in lines)


async def test_waiting_is_said_in_seconds(http):
    assert (await http.get("/raise/waiting")).headers["retry-after"] == "90"
    assert (await http.get("/raise/away")).headers["retry-after"] == "2"
    assert "retry-after" not in (await http.get("/raise/conflict")).headers


def test_address_that_is_none_is_told_in_words():
    with pytest.raises(ValidationError) as raised:
        OrderPay(email="ana")

    (field,) = malformed(list(raised.value.errors())).facts["fields"]
    assert field == {"field": "email", "problem": "This is not of the form that belongs here"}


async def test_row_of_a_broken_constraint_is_not_logged(http):
    with written_logs() as lines:
        await http.get("/raise/conflict")

    assert SECRET not in json.dumps(lines)


async def test_wrong_fields_are_named_and_their_content_is_not(http):
    answer = await http.post("/echo/a", json={"n": SECRET, "price": 1})

    assert problem(answer) == (422, "Malformed")
    assert [field["field"] for field in answer.json()["fields"]] == ["body.n", "body.price"]
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b"null", b'"a"', b'{"n": 1', b"\xff\xfe", b'{"n": "\\ud800"}'],
    ids=range(8),
)
async def test_body_that_is_no_json_object_is_malformed(http, content):
    answer = await http.post(
        "/echo/a", content=content, headers={"content-type": "application/json"}
    )

    assert problem(answer) == (422, "Malformed")


async def test_hot_route_names_wrong_fields_too(http):
    wrong = await http.post("/hot", json={"n": SECRET})
    broken = await http.post("/hot", content=b"{")

    assert problem(wrong) == problem(broken) == (422, "Malformed")
    assert [field["field"] for field in wrong.json()["fields"]] == ["n"]
    assert SECRET not in wrong.text
    assert (await http.post("/hot", json={"n": 1})).text == "1"


async def test_body_that_is_too_deep_is_no_request(http):
    answer = await http.post(
        "/echo/a", content=b"[" * 5000, headers={"content-type": "application/json"}
    )

    assert problem(answer) == (400, "BadRequest")


async def test_unknown_address_and_method_are_problems(http):
    missing = await http.get("/nowhere")
    method = await http.put("/echo/a")

    assert problem(missing) == (404, "Missing")
    assert problem(method) == (405, "NotAllowed")
    assert method.headers["allow"] == "POST"


async def test_service_that_is_not_ready_says_so_and_lives():
    async with calling(small_service(is_ready=False)) as http:
        assert problem(await http.get("/health/ready")) == (503, "Unavailable")
        assert (await http.get("/health/live")).status_code == 200


async def test_caller_needs_a_token_in_its_header(http):
    token = keys.guest_token()

    for header in ({}, {"authorization": token}, {"authorization": f"Basic {token}"}):
        answer = await http.get("/private", headers=header)
        assert problem(answer) == (401, "Unsigned")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (
        await http.get("/private", headers={"authorization": f"bearer {token}"})
    ).status_code == 200
    scanner = keys.person_token("scanner")
    answer = await http.get("/private", headers={"authorization": f"Bearer {scanner}"})
    assert problem(answer) == (403, "Denied")


def test_internal_problem_asks_for_the_trace_id():
    assert "trace id" in Internal.detail
