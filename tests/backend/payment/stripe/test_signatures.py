"""Who may send webhooks."""

import json
import time

import pytest
from pydantic import SecretStr

from backend.contracts.problems_payment import WebhookRefused
from backend.onebox.stripe_simulator.deliveries import signature
from backend.payment.stripe.signatures import read_event

BODY = b'{"id": "evt_1"}'
SECRETS = (SecretStr("whsec_new"), SecretStr("whsec_old"))


def header(secret: str = "whsec_new", *, age_s: int = 0, body: bytes = BODY) -> str:
    return signature(body, secret, int(time.time()) - age_s)


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
def test_each_accepted_secret_is_good(secret):
    assert read_event(BODY, header(secret), SECRETS, is_live=False) == {"id": "evt_1"}


@pytest.mark.parametrize("age_s", [0, 299])
def test_five_minutes_are_not_too_old(age_s):
    assert read_event(BODY, header(age_s=age_s), SECRETS, is_live=False) == {"id": "evt_1"}


@pytest.mark.parametrize(
    "changes", [{"secret": "whsec_other"}, {"age_s": 301}, {"body": b'{"id": "evt_2"}'}]
)
def test_another_secret_time_or_body_is_refused(changes):
    with pytest.raises(WebhookRefused):
        read_event(BODY, header(**changes), SECRETS, is_live=False)


@pytest.mark.parametrize("sent", ["t=1,v1=", "v1=00", "", "nonsense", "é"])
def test_what_is_no_signature_is_refused(sent):
    with pytest.raises(WebhookRefused):
        read_event(BODY, sent, SECRETS, is_live=False)


def test_an_older_scheme_is_refused():
    with pytest.raises(WebhookRefused):
        read_event(BODY, header().replace("v1=", "v0="), SECRETS, is_live=False)


def test_without_a_secret_nothing_is_good():
    with pytest.raises(WebhookRefused):
        read_event(BODY, header(""), (), is_live=False)
    with pytest.raises(WebhookRefused):
        read_event(BODY, header(""), (SecretStr(""),), is_live=False)


@pytest.mark.parametrize("is_live", [True, False])
def test_event_of_the_other_mode_is_refused(is_live):
    body = json.dumps({"id": "evt_1", "livemode": is_live}).encode()
    sent = header(body=body)

    assert read_event(body, sent, SECRETS, is_live=is_live)["id"] == "evt_1"
    with pytest.raises(WebhookRefused):
        read_event(body, sent, SECRETS, is_live=not is_live)
