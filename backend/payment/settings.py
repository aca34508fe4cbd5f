"""What payment must be told."""

from datetime import timedelta

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from backend.kit.settings import ServiceSettings


class PaymentSettings(ServiceSettings):
    """Settings of the payment service.

    `stripe_address` is where the provider's API is (none: Stripe's own); `environment` keeps
    the idempotency keys of two installations apart; `webhook_secrets` are one, or two while
    they are changed. Open attempts are looked at after `look_first`, then ever later up to
    `look_last`.
    """

    model_config = SettingsConfigDict(env_prefix="MM_PAYMENT_", frozen=True, extra="ignore")

    stripe_key: SecretStr
    stripe_address: str | None = None
    webhook_secrets: tuple[SecretStr, ...] = ()
    environment: str = "dev"
    session_lasts: timedelta = timedelta(minutes=35)
    provider_answers_within: timedelta = timedelta(seconds=7)
    look_first: timedelta = timedelta(seconds=2)
    look_last: timedelta = timedelta(seconds=30)
    reconcile_every: timedelta = timedelta(minutes=5)
    works_every: timedelta = timedelta(seconds=1)
