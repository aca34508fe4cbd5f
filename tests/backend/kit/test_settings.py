"""Settings: from the environment under the service's prefix, secrets hidden, and frozen."""

import json

import pytest
from pydantic import ValidationError

from backend.movies.settings import MoviesSettings
from tests.support import keys

ENVIRONMENT = {
    "MM_MOVIES_DSN": "postgresql://movies:do-not-tell@localhost/movies",
    "MM_MOVIES_OIDC_ISSUER": "https://login.example/realms/moviemesh",
    "MM_MOVIES_OIDC_INTERNAL_URL": "http://keycloak:8080/realms/moviemesh",
    "MM_MOVIES_SIGNING_KEY": json.dumps(keys.private("movies")),
    "MM_MOVIES_GUEST_KEYS": json.dumps(keys.GUEST_KEYS),
    "MM_MOVIES_LOOKUP_SECRET": "do-not-tell-either",
    "MM_MOVIES_PUBLIC_URL": "https://tickets.example",
    "MM_MOVIES_PAYMENT_URL": "http://payment:5004",
    "MM_MOVIES_HOLD_WEB": "PT1S",
}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> MoviesSettings:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return MoviesSettings()


def test_settings_come_from_the_environment(settings):
    assert settings.dsn.get_secret_value() == ENVIRONMENT["MM_MOVIES_DSN"]
    assert settings.hold_web.total_seconds() == 1
    assert settings.guest_keys == keys.GUEST_KEYS


def test_issuer_is_public_and_its_keys_are_fetched_the_inner_way(settings):
    trust = settings.trust("movies")

    assert (trust.audience, trust.issuer) == ("movies", ENVIRONMENT["MM_MOVIES_OIDC_ISSUER"])
    assert settings.jwks_url == (
        "http://keycloak:8080/realms/moviemesh/protocol/openid-connect/certs"
    )


def test_secrets_do_not_show(settings):
    assert "do-not-tell" not in repr(settings)


def test_settings_do_not_change(settings):
    with pytest.raises(ValidationError):
        settings.public_url = "http://elsewhere"


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ValidationError) as error:
        MoviesSettings()

    missing = {str(one["loc"][0]) for one in error.value.errors()}
    assert missing == {
        "dsn",
        "oidc_issuer",
        "oidc_internal_url",
        "signing_key",
        "lookup_secret",
        "public_url",
        "payment_url",
    }
