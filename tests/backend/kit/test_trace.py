"""The trace id: taken over when it is well formed, made anew when not."""

import re

import pytest

from backend.kit import trace

_ID = "0af7651916cd43dd8448eb211c80319c"


def test_id_is_taken_over_from_a_traceparent():
    assert trace.begin(f"00-{_ID}-b7ad6b7169203331-01") == _ID
    assert trace.current() == _ID
    assert re.fullmatch(rf"00-{_ID}-[0-9a-f]{{16}}-01", trace.traceparent())


@pytest.mark.parametrize(
    "header",
    [None, "", _ID, f"00-{_ID.upper()}-b7ad6b7169203331-01", f"00-{_ID}-b7ad6b7169203331-01\nx"],
)
def test_bad_header_begins_a_new_id(header):
    made = trace.begin(header)

    assert re.fullmatch("[0-9a-f]{32}", made)
    assert made != _ID


def test_work_without_a_request_has_an_id_of_its_own():
    trace.resume("")

    made = trace.current()
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert trace.current() == made
