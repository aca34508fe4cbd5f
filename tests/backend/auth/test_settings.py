"""What auth accepts as its address and keys, and that it says why it refuses others."""

from typing import Any

import pytest
from joserfc.jwk import OKPKey, RSAKey
from pydantic import SecretStr, ValidationError

from tests.backend.auth.rig import auth_settings
from tests.support import keys


@pytest.mark.parametrize(
    ("url", "is_secure"),
    [
        ("https://cinema.example", True),
        ("https://cinema.example:8443/", True),
        ("http://localhost:8081", False),
        ("http://127.0.0.1:8081", False),
        ("http://[::1]:8081", False),
    ],
)
def test_public_url_decides_about_cookies(url, is_secure):
    settings = auth_settings(public_url=url)

    assert settings.is_secure == is_secure
    assert settings.callback_url == url.rstrip("/") + "/auth/callback"
    assert settings.signed_out_url == url.rstrip("/") + "/"


@pytest.mark.parametrize(
    "url",
    [
        "http://cinema.example",
        "http://10.0.0.7:8081",
        "http://localhost.cinema.example",
        "http://127.0.0.1.cinema.example",
    ],
)
def test_plain_http_that_others_can_reach_is_refused(url):
    with pytest.raises(ValidationError) as caught:
        auth_settings(public_url=url)

    (error,) = caught.value.errors()
    assert "Use https, or http on localhost" in error["msg"]


@pytest.mark.parametrize(
    "url",
    [
        "https://cinema.example/shop",
        "https://cinema.example?x=1",
        "https://ana@cinema.example",
        "cinema.example",
        "ftp://cinema.example",
        "",
        "/",
    ],
)
def test_public_url_is_an_origin(url):
    with pytest.raises(ValidationError):
        auth_settings(public_url=url)


ED25519 = OKPKey.generate_key("Ed25519", parameters={"kid": "k"})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"guest_key": keys.private("auth")}, '"kid"'),
        ({"guest_key": ED25519.as_dict(private=False)}, "private key"),
        ({"guest_key": {"kty": "oct", "k": "AAAA", "kid": "k"}}, "Ed25519"),
        ({"guest_key": OKPKey.generate_key("X25519").as_dict(private=True)}, "Ed25519"),
        ({"guest_key": {}}, "Ed25519"),
        ({"signing_key": keys.TRUSTED["auth"]}, "private key"),
        ({"signing_key": RSAKey.generate_key(2048).as_dict(private=True)}, "Ed25519"),
        ({"service_keys": {"web": keys.private("auth")}}, "public keys only"),
        ({"client_secret": SecretStr("short")}, "at least 16"),
    ],
)
def test_wrong_secrets_are_refused_with_the_reason(changed: dict[str, Any], reason: str):
    with pytest.raises(ValidationError) as caught:
        auth_settings(**changed)

    (error,) = caught.value.errors()
    assert reason in error["msg"]


def test_no_secret_is_told():
    settings = auth_settings()
    told = repr(settings)

    with pytest.raises(ValidationError) as caught:
        auth_settings(guest_key={**settings.guest_key, "kid": ""})

    assert str(settings.guest_key["d"]) not in told + str(caught.value)
    assert str(settings.signing_key["d"]) not in told
    assert settings.client_secret.get_secret_value() not in told
