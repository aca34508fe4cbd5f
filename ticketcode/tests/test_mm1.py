"""The code: what is written is read back, and nothing else is."""

import json
from base64 import urlsafe_b64decode
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import moviemesh_ticketcode
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from moviemesh_ticketcode import (
    KeyList,
    ListRefused,
    Malformed,
    Outcome,
    decode,
    open_relocations,
    open_revocations,
    read,
    sign,
)
from moviemesh_ticketcode.testing import FIELDS, KEY, KEYS, MOVED, PLACE, REVOKED, vectors

GOOD = sign(FIELDS, key_id=7, key=KEY)
VECTORS = json.loads(PLACE.read_text("utf-8"))


def test_public_names_are_sorted():
    assert moviemesh_ticketcode.__all__ == sorted(moviemesh_ticketcode.__all__)


def test_vectors_are_those_of_the_package():
    assert vectors() == VECTORS


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda vector: vector["name"])
def test_accepted_vector_reads_back(vector):
    keys = KeyList.from_json(json.dumps({"format": "MM1", "keys": VECTORS["keys"]}))

    fields = keys.read(vector["code"])

    assert decode(vector["code"]).key_id == vector["key_id"]
    assert (fields.ticket_id, fields.screening_key) == (
        UUID(vector["ticket_id"]),
        vector["screening_key"],
    )
    assert (fields.seat, fields.category) == (vector["seat"], vector["category"])
    assert (fields.not_before_at.timestamp(), fields.not_after_at.timestamp()) == (
        vector["not_before"],
        vector["not_after"],
    )


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_refused_vector_has_its_outcome(vector):
    assert read(vector["text"], KEYS).outcome == Outcome(vector["outcome"])


def test_vectors_of_lists_open():
    lists = VECTORS["lists"]
    sealed = {name: urlsafe_b64decode(one["sealed"] + "==") for name, one in lists.items()}
    key = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(VECTORS["lists_key"] + "="))

    assert open_revocations(sealed["revocations"], key) == REVOKED
    assert open_relocations(sealed["relocations"], key) == MOVED


def test_no_flipped_bit_is_accepted():
    whole = int(GOOD)

    outcomes = Counter(read(f"{whole ^ 1 << bit:0244d}", KEYS).outcome for bit in range(808))

    # The eight bits of the version and of the key id; everything else is under the signature.
    assert outcomes == {Outcome.MALFORMED: 8, Outcome.UNKNOWN_KEY: 8, Outcome.FORGED: 792}


@given(st.integers(0, 10**244 - 1))
def test_no_other_number_is_believed(number):
    assert read(f"{number:0244d}", KEYS).fields is None


@given(st.binary(max_size=300))
def test_bytes_of_any_scanner_are_read_without_raising(raw):
    for encoding in ("latin-1", "utf-16-le", "utf-8"):
        assert read(raw.decode(encoding, "replace"), KEYS).fields is None


@given(st.data())
def test_no_other_way_to_write_a_good_code_is_accepted(data):
    # The same number in other letters: what a list keyed by text would let slip through.
    place = data.draw(st.integers(0, len(GOOD) - 1))
    zero = data.draw(st.sampled_from("\u0660\u0966\u09e6\uff10\U0001d7ce"))
    letter = chr(ord(zero) + int(GOOD[place]))
    padding = data.draw(st.sampled_from(["", " ", "\t", "\n", "\ufeff", "\u200b", "0", "+"]))

    other = GOOD[:place] + letter + GOOD[place + 1 :]

    assert read(other, KEYS).outcome is Outcome.MALFORMED
    assert read(padding + other, KEYS).outcome is Outcome.MALFORMED
    assert not padding or read(padding + GOOD, KEYS).outcome is Outcome.MALFORMED
    assert not padding or read(GOOD + padding, KEYS).outcome is Outcome.MALFORMED


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
