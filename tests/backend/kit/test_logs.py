"""Logs: one object a line, under the request's trace id, without tokens."""

import json
import logging

from tests.backend.kit.service import calling, small_service, written_logs
from tests.support import keys

_ID = "0af7651916cd43dd8448eb211c80319c"


async def test_lines_are_objects_under_the_trace_id_of_their_request():
    async with calling(small_service()) as http:
        with written_logs() as lines:
            await http.post(
                "/echo/ana",
                json={"n": 1},
                headers={"traceparent": f"00-{_ID}-b7ad6b7169203331-01"},
            )

    [line] = lines
    assert (line["event"], line["name"], line["trace_id"]) == ("echoed", "ana", _ID)
    assert (line["level"], line["logger"]) == ("info", "test")
    assert line["timestamp"].endswith("Z")


def test_lines_of_libraries_look_the_same():
    with written_logs() as lines:
        logging.getLogger("some.library").warning("be careful with %s", "this")
        logging.getLogger("uvicorn.access").info("GET /orders")

    [line] = lines
    assert (line["event"], line["logger"]) == ("be careful with this", "some.library")


async def test_tokens_are_never_logged():
    good, bad = keys.guest_token(), keys.person_token("manager", exp=1)
    async with calling(small_service()) as http:
        with written_logs() as lines:
            for token in (good, bad):
                await http.get("/private", headers={"authorization": f"Bearer {token}"})
            await http.get("/raise/bug", headers={"authorization": f"Bearer {good}"})

    text = json.dumps(lines)
    assert [line["event"] for line in lines] == ["seen", "request failed"]
    for token in (good, bad):
        assert all(part not in text for part in token.split("."))
