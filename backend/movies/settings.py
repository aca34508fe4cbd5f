"""What movies must be told."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from backend.kit.settings import ServiceSettings
from backend.kit.tokens.verifier import Jwk


class MoviesSettings(ServiceSettings):
    """Settings of the movies service.

    `hold_web`, `hold_kiosk` and `hold_staff` are how long seats are held; `paying` is how long a
    payment may take before movies asks to close it. `lookup_secret` makes the mailed codes;
    `least_charge_minor` is the smallest amount that the card provider accepts;
    `public_url` is the site that the provider's page returns to; `alarm_after` is how long
    something may stay wrong before a person is called. `orders_per_batch` is how many orders one
    commit may carry; with 1 each has its own. Buyers' addresses are erased `contacts_keep` after
    their screening.
    """

    model_config = SettingsConfigDict(env_prefix="MM_MOVIES_", frozen=True, extra="ignore")

    signing_key: Jwk
    lookup_secret: SecretStr
    public_url: str
    payment_url: str
    hold_web: timedelta = timedelta(minutes=10)
    hold_kiosk: timedelta = timedelta(minutes=4)
    hold_staff: timedelta = timedelta(minutes=15)
    paying: timedelta = timedelta(minutes=12)
    reopened_hold: timedelta = timedelta(minutes=2)
    extensions: int = 2
    orders_per_batch: Annotated[int, Field(ge=1, le=256)] = 32
    least_charge_minor: int = 200
    reap_every: timedelta = timedelta(seconds=15)
    reemit_after: timedelta = timedelta(seconds=60)
    reconcile_every: timedelta = timedelta(minutes=5)
    contacts_keep: timedelta = timedelta(days=90)
    alarm_after: timedelta = timedelta(minutes=15)
    payment_answers_within: timedelta = timedelta(seconds=8)
