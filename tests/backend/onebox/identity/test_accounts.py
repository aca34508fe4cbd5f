"""Which addresses and names an account may have."""

import pytest

from backend.onebox.identity.accounts import email_key, email_or_none, name_or_none


@pytest.mark.parametrize(
    "address", ["ana@mesh.example", "a.b+c@sub.mesh.example", "o'neil@mesh.example"]
)
def test_addresses_are_taken(address):
    assert email_or_none(f" {address} ") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@mesh",
        "a b@mesh.example",
        "ana@@mesh.example",
        ".ana@mesh.example",
        "ana@mesh..example",
        "ana@mesh.example\nBcc: x@mesh.example",
        "<ana@mesh.example>",
        "a" * 65 + "@mesh.example",
        "ana@" + "mesh." * 60 + "example",
    ],
)
def test_other_texts_are_not_addresses(text):
    assert email_or_none(text) is None


def test_spelling_of_an_address_does_not_matter():
    assert email_key(" Ana@MESH.example") == email_key("ana@mesh.example")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ana   Pop ", "Ana Pop"),
        ("Ștefan Țîrțîc-O'Neil", "Ștefan Țîrțîc-O'Neil"),
        ("", None),
        ("x" * 101, None),
        ("a\x00b", None),
        ("a\u202eb", None),
    ],
)
def test_names_are_plain_text(text, name):
    assert name_or_none(text) == name
