"""What payment must be told."""

from datetime import timedelta

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from backend.kit.settings import ServiceSettings


class PaymentSettings(ServiceSettings):
    """Settings of the payment service.

    `stripe_address` is where the provider's API is (none: Stripe's own); `environment` keeps
    two installations at one account apart, their keys and their payments; `webhook_secrets` are
    one, or two while they are changed. Open attempts are looked at after `look_first`, then ever
    later up to `look_last`. `parks_first` is the first pause of an event whose attempt is not
    known. The reconciliation looks at attempts older than `reconcile_after`, and calls somebody
    for what stays wrong for `alarm_after`; what was paid without any order goes back after
    `refund_strays_after`, and `compare_books_every` is how often the provider's movements of
    money are held against the ledger.
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
    parks_first: timedelta = timedelta(minutes=1)
    works_every: timedelta = timedelta(seconds=1)
    reconcile_every: timedelta = timedelta(minutes=5)
    reconcile_after: timedelta = timedelta(minutes=2)
    alarm_after: timedelta = timedelta(minutes=15)
    refund_strays_after: timedelta = timedelta(hours=2)
    compare_books_every: timedelta = timedelta(hours=24)

    @property
    def is_live(self) -> bool:
        """Say whether the key moves real money."""
        return self.stripe_key.get_secret_value().startswith(("sk_live_", "rk_live_"))

    @property
    def lease(self) -> timedelta:
        """How long a piece of work belongs to who took it: a few calls' time."""
        return self.provider_answers_within * 3
