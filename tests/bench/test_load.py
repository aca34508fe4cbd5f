"""The load generator reads answers whole, and ends rather than count a broken one."""

import pytest

from bench.lines.f_open_maps import _waits
from bench.load.connection import Connection
from bench.load.plans import Plan, Sent, load, request, save, target
from bench.load.rivals import _free


@pytest.fixture
def answers():
    return []


@pytest.fixture
def connection(answers):
    return Connection(lambda _connection, status, body: answers.append((status, body)))


def test_an_answer_is_whole_however_it_is_cut(connection, answers):
    wire = b"HTTP/1.1 201 Created\r\ncontent-type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

    for cut in range(0, len(wire), 7):
        connection.data_received(wire[cut : cut + 7])

    assert answers == [(201, b"hello")]


def test_an_answer_without_a_length_ends_the_measurement(connection):
    with pytest.raises(ValueError, match="length"):
        connection.data_received(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n")


def test_a_closed_connection_ends_the_measurement(connection):
    connection.connection_lost(None)

    with pytest.raises(ConnectionError):
        connection.send(b"GET / HTTP/1.1\r\n\r\n", 0, 0.0)


def test_requests_are_written_as_they_go_over_the_wire(tmp_path):
    first = request("POST", "/orders", headers={"Idempotency-Key": "k"}, body=b"{}")
    second = request("GET", "/hello")
    save(tmp_path / "requests", [first, second])

    assert list(load(tmp_path / "requests")) == [first, second]
    assert second == b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert first.endswith(b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")


def test_plans_and_reports_survive_the_way_between_processes():
    plan = Plan(**target("http://localhost:5002"), requests="r", mode="paced", keeps=(1, 3))
    report = Sent(2.0, 0.5, [1.0, 2.0, 3.0, 4.0], {"200": 4}, {"1": "{}"})

    assert Plan.read(plan.written()) == plan
    assert Sent.read(report.written()) == report
    assert (report.rate, report.cpu_ms) == (2.0, 125.0)


def test_rivals_see_the_pairs_that_are_free():
    # Two bits a seat: seats 1 to 8 are free free, held free, sold sold, free free.
    assert _free(b'{"bitmap": "BKA="}') == [1, 7]


def test_a_map_that_skips_a_version_has_heard_of_it_with_the_next():
    heard = [[(0, 9.0), (1, 10.1), (2, 11.2)], [(0, 9.0), (2, 11.5)]]

    waits = _waits({1: 10.0, 2: 11.0}, heard)
    assert waits == pytest.approx([100.0, 200.0, 1500.0, 500.0])


def test_a_map_that_was_never_told_ends_the_measurement():
    with pytest.raises(RuntimeError, match="version 2"):
        _waits({1: 10.0, 2: 11.0}, [[(1, 10.1)]])
