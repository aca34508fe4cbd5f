"""The code: what is written is read back, and nothing else is."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import moviemesh_ticketcode
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moviemesh_ticketcode import KeyList, ListRefused, Malformed, Outcome, decode, read, sign

from ticketcode.tests.vectors import FIELDS, KEY, KEYS, PLACE, vectors

GOOD = sign(FIELDS, key_id=7, key=KEY)


def test_public_names_are_sorted():
    assert moviemesh_ticketcode.__all__ == sorted(moviemesh_ticketcode.__all__)


def test_vectors_are_those_of_the_package():
    assert json.loads(PLACE.read_text("utf-8")) == vectors()


def test_good_vector_reads_back():
    assert read(vectors()["good"]["code"], KEYS).fields == FIELDS


@pytest.mark.parametrize("name", sorted(vectors()["refused"]))
def test_refused_vector_has_its_outcome(name):
    text, outcome = vectors()["refused"][name]

    assert read(text, KEYS).outcome == Outcome(outcome)


def test_no_flipped_bit_is_accepted():
    whole = int(GOOD)

    outcomes = {read(f"{whole ^ 1 << bit:0244d}", KEYS).outcome for bit in range(808)}

    assert outcomes == {Outcome.MALFORMED, Outcome.UNKNOWN_KEY, Outcome.FORGED}


@given(st.text(max_size=300) | st.text(alphabet="0123456789", min_size=240, max_size=248))
def test_decoding_raises_only_malformed(text):
    try:
        code = decode(text)
    except Malformed:
        return
    assert f"{int.from_bytes(code.signed + code.signature, 'big'):0244d}" == text


@given(
    st.uuids(),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**16 - 1),
    st.integers(0, 255),
    st.integers(0, 2**32 - 2),
)
def test_any_fields_read_back(ticket, screening, seat, category, seconds):  # noqa: PLR0917 -- one argument a field
    fields = replace(
        FIELDS,
        ticket_id=ticket,
        screening_key=screening,
        seat=seat,
        category=category,
        not_before_at=datetime.fromtimestamp(seconds, UTC),
        not_after_at=datetime.fromtimestamp(seconds + 1, UTC),
    )

    assert KEYS.read(sign(fields, key_id=7, key=KEY)) == fields


def test_fields_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        sign(replace(FIELDS, seat=70_000), key_id=7, key=KEY)


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="aware"):
        sign(replace(FIELDS, not_before_at=datetime(2026, 1, 1)), key_id=7, key=KEY)  # noqa: DTZ001 -- the point


def test_key_list_reads_back():
    assert KeyList.from_json(KEYS.to_json()) == KEYS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format":"MM2","keys":[]}',
        '{"format":"MM1","keys":[{"id":7,"ed25519":"AAAA"}]}',
        '{"format":"MM1","keys":[{"id":256,"ed25519":"' + "A" * 43 + '"}]}',
    ],
)
def test_wrong_key_list_is_refused(text):
    with pytest.raises(ListRefused):
        KeyList.from_json(text)
