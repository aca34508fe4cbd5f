"""The judgement of histories: what a client saw is held against what is there."""

import json

import pytest

from tests.faults.rig.history import History, Outcome
from tests.faults.rig.verdict import _broken_hold, _unasked, _unpaid

BUYER, ROUTE, ORDER = "guest:1", "POST /orders", "an-order"


@pytest.fixture
def history(tmp_path):
    made = History(tmp_path / "history.jsonl")
    yield made
    made.close()


def hold(history, *seen, order=None):
    operation = history.begin("hold", BUYER, route=ROUTE, key="key-1")
    for outcome in seen:
        history.sent(operation)
        history.saw(operation, outcome, order=order if outcome is Outcome.OK else None)
    return operation


def replies(order):
    row = {"status": 201, "body": json.dumps({"id": order}).encode()}
    return {} if order is None else {(BUYER, ROUTE, "key-1"): row}


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([Outcome.OK], Outcome.OK),
        ([Outcome.FAILED], Outcome.FAILED),
        ([Outcome.IN_DOUBT, Outcome.OK], Outcome.OK),
        ([Outcome.IN_DOUBT, Outcome.FAILED], Outcome.IN_DOUBT),
        ([Outcome.FAILED, Outcome.IN_DOUBT], Outcome.IN_DOUBT),
        ([Outcome.OK, Outcome.IN_DOUBT], Outcome.OK),
    ],
)
def test_one_good_answer_settles_and_a_doubt_stays(history, seen, outcome):
    assert hold(history, *seen, order=ORDER).outcome is outcome


@pytest.mark.parametrize(
    ("case", "is_broken"),
    [
        ((Outcome.OK, ORDER, {ORDER}), False),
        ((Outcome.OK, ORDER, set()), True),  # the order that the client was told of is lost
        ((Outcome.OK, None, {ORDER}), True),  # its key is lost: sent again it would act again
        ((Outcome.OK, "another", {ORDER}), True),
        ((Outcome.FAILED, None, set()), False),
        ((Outcome.FAILED, ORDER, {ORDER}), True),  # refused, and done all the same
        ((Outcome.IN_DOUBT, None, set()), False),
        ((Outcome.IN_DOUBT, ORDER, {ORDER}), False),
        ((Outcome.IN_DOUBT, ORDER, set()), True),  # a reply is kept of what is not there
    ],
)
def test_hold_is_held_against_its_key_and_its_order(history, case, is_broken):
    seen, kept, there = case
    operation = hold(history, seen, order=ORDER)

    found = _broken_hold(operation, replies(kept), {BUYER: there})

    assert (found != []) is is_broken


def test_second_effect_of_one_request_is_found(history):
    operation = hold(history, Outcome.IN_DOUBT, Outcome.OK, order=ORDER)

    assert _unasked([operation], replies(ORDER), {BUYER: {ORDER}}) == []
    assert _unasked([operation], replies(ORDER), {BUYER: {ORDER, "twin"}}) == [
        f"order twin of {BUYER} belongs to no key: a request acted twice"
    ]


def test_pay_that_succeeded_has_an_attempt(history):
    operation = history.begin("pay", BUYER, route="POST /orders/{order_id}/pay", key="key-2")
    operation.order = ORDER
    history.saw(operation, Outcome.OK)

    assert _unpaid(history, {ORDER: 1}) == []
    assert len(_unpaid(history, {ORDER: 0})) == 1


def test_history_is_written_down_line_by_line(history):
    hold(history, Outcome.IN_DOUBT, Outcome.OK, order=ORDER)

    lines = [json.loads(line) for line in history.path.read_text().splitlines()]

    assert [line["event"] for line in lines] == ["invoked", "in doubt", "invoked", "ok"]
    assert {line["key"] for line in lines} == {"key-1"}
