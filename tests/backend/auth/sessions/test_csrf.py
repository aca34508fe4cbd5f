"""Form tokens: one for each visitor, and of one auth service alone."""

import pytest
from joserfc.jwk import OKPKey

from backend.auth.sessions.csrf import CsrfTokens
from tests.backend.auth.rig import auth_settings


@pytest.fixture
def csrf() -> CsrfTokens:
    return CsrfTokens(auth_settings())


def test_own_token_is_good(csrf):
    assert csrf.is_good(csrf.token("guest:1"), "guest:1")


@pytest.mark.parametrize("given", ["", "x", "ș", "0" * 64])
def test_other_text_is_not(csrf, given):
    assert not csrf.is_good(given, "guest:1")


def test_token_of_another_visitor_is_not(csrf):
    assert not csrf.is_good(csrf.token("guest:2"), "guest:1")


def test_token_outlives_a_restart_and_no_other_key(csrf):
    other = OKPKey.generate_key("Ed25519", parameters={"kid": "k"}).as_dict(private=True)

    assert CsrfTokens(auth_settings()).is_good(csrf.token("guest:1"), "guest:1")
    assert not CsrfTokens(auth_settings(guest_key=other)).is_good(csrf.token("guest:1"), "guest:1")
