"""A service's token serves many calls, and is made anew long before it is over."""

import json
import time
from base64 import urlsafe_b64decode

from backend.kit.tokens.signer import ServiceSigner
from tests.support.keys import private

START = 1_800_000_000


def times(token: str) -> tuple[str, int, int]:
    body = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims["aud"], claims["iat"] - START, claims["exp"] - START


def test_token_is_used_until_twenty_seconds_of_it_are_left(monkeypatch):
    clock = iter((START, START + 40, START + 41, START + 81))
    monkeypatch.setattr(time, "time", lambda: next(clock))
    signer = ServiceSigner("auth", private("auth"))

    made = [times(signer.token("movies")) for _ in range(4)]

    assert made == [("movies", 0, 60), ("movies", 0, 60), ("movies", 41, 101), ("movies", 41, 101)]


def test_each_audience_has_a_token_of_its_own():
    signer = ServiceSigner("movies", private("movies"))

    tokens = [signer.token(audience) for audience in ("payment", "ticket", "payment")]

    assert [times(token)[0] for token in tokens] == ["payment", "ticket", "payment"]


def test_token_from_before_the_clock_was_set_back_is_not_used(monkeypatch):
    now = START
    monkeypatch.setattr(time, "time", lambda: now)
    signer = ServiceSigner("auth", private("auth"))
    signer.token("movies")

    now = START - 5

    assert times(signer.token("movies")) == ("movies", -5, 55)
