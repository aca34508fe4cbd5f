"""Which public addresses the provider takes."""

import pytest
from pydantic import SecretStr, ValidationError

from backend.onebox.identity.settings import IdentitySettings


def settings_at(public_url: str) -> IdentitySettings:
    return IdentitySettings(dsn=SecretStr("postgresql://x"), public_url=public_url)


@pytest.mark.parametrize(
    ("public_url", "issuer", "is_secure"),
    [
        ("http://localhost:8180", "http://localhost:8180/realms/moviemesh", False),
        ("https://id.mesh.example/", "https://id.mesh.example/realms/moviemesh", True),
    ],
)
def test_issuer_follows_the_public_address(public_url, issuer, is_secure):
    settings = settings_at(public_url)

    assert (settings.issuer, settings.is_secure) == (issuer, is_secure)


@pytest.mark.parametrize(
    "public_url",
    ["http://id.mesh.example", "ftp://localhost", "localhost:8180", "http://localhost:8180/id"],
)
def test_address_that_would_betray_cookies_is_refused(public_url):
    with pytest.raises(ValidationError):
        settings_at(public_url)
