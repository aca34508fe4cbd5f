"""The door: each answer, and which of two reasons wins."""

from dataclasses import replace
from datetime import timedelta

import pytest
from moviemesh_ticketcode import (
    Admission,
    Decision,
    Door,
    Known,
    ListRefused,
    Move,
    Outcome,
    Relocations,
    Revocations,
    decide,
    open_relocations,
    open_revocations,
    read,
    seal,
    sign,
)
from moviemesh_ticketcode.testing import FIELDS, KEY, KEYS, OTHER

NOW = FIELDS.not_before_at + timedelta(minutes=30)
READING = read(sign(FIELDS, key_id=7, key=KEY), KEYS)
HERE = Door({FIELDS.screening_key})
ISSUED = Known(is_issued=True)
USED = Admission(NOW - timedelta(minutes=5), "Room 1")
REVOKED = Revocations("mesh", 4, 1, NOW, (FIELDS.ticket_id,))
MOVED = Relocations("mesh", 2, 1, NOW, {FIELDS.ticket_id: Move(99, 5, 2)})


def test_valid_ticket_names_its_seat():
    assert decide(READING, HERE, ISSUED, now=NOW) == Decision(
        Outcome.VALID, FIELDS.ticket_id, FIELDS.screening_key, FIELDS.seat
    )


def test_second_use_says_when_and_where():
    decision = decide(READING, HERE, replace(ISSUED, admission=USED), now=NOW)

    assert (decision.outcome, decision.admission) == (Outcome.DUPLICATE, USED)


@pytest.mark.parametrize(
    ("known", "door", "minutes", "outcome"),
    [
        (Known(is_issued=False), HERE, 0, Outcome.NOT_ISSUED),
        (Known(is_issued=True, is_revoked=True), HERE, 0, Outcome.REVOKED),
        (ISSUED, Door({1}), 0, Outcome.WRONG_SCREENING),
        (ISSUED, HERE, -31, Outcome.TOO_EARLY),
        (ISSUED, HERE, 226, Outcome.ENDED),
        # Two reasons: the one that the guest cannot mend comes first.
        (Known(is_issued=True, is_revoked=True, admission=USED), HERE, 0, Outcome.REVOKED),
        (Known(is_issued=True, admission=USED), HERE, 226, Outcome.DUPLICATE),
        (Known(), HERE, 0, Outcome.VALID),
    ],
)
def test_each_reason_has_its_outcome(known, door, minutes, outcome):
    now = NOW + timedelta(minutes=minutes)

    assert decide(READING, door, known, now=now).outcome == outcome


def test_revocation_list_refuses_without_a_network():
    assert decide(READING, HERE, Known(), now=NOW, revocations=REVOKED).outcome == Outcome.REVOKED


def test_old_lists_cannot_say_yes():
    old = Revocations("mesh", 4, 1, NOW - timedelta(hours=13))

    assert decide(READING, HERE, Known(), now=NOW, revocations=old).outcome == Outcome.STALE


def test_moved_ticket_counts_at_its_new_place():
    decision = decide(READING, Door({99}), ISSUED, now=NOW, relocations=MOVED)

    assert decision == Decision(Outcome.VALID, FIELDS.ticket_id, 99, 5)


def test_moved_ticket_is_wrong_at_its_old_place():
    decision = decide(READING, HERE, ISSUED, now=NOW, relocations=MOVED)

    assert decision.outcome == Outcome.WRONG_SCREENING


def test_sealed_lists_open():
    at = NOW.replace(microsecond=0)

    assert open_revocations(seal(replace(REVOKED, issued_at=at), KEY), KEY.public_key()) == replace(
        REVOKED, issued_at=at
    )
    assert open_relocations(seal(replace(MOVED, issued_at=at), KEY), KEY.public_key()) == replace(
        MOVED, issued_at=at
    )


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], bytes.lower, lambda b: b[:70] + b"x" + b[71:]])
def test_spoiled_list_is_refused(spoil):
    with pytest.raises(ListRefused):
        open_revocations(spoil(seal(REVOKED, KEY)), KEY.public_key())


def test_list_of_another_kind_or_key_is_refused():
    with pytest.raises(ListRefused):
        open_revocations(seal(MOVED, KEY), KEY.public_key())
    with pytest.raises(ListRefused):
        open_revocations(seal(REVOKED, OTHER), KEY.public_key())
