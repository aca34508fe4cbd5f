"""The payment service in a onebox: its provider is the simulator beside it."""

from typing import Any

from pydantic import SecretStr

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.payment.app import create_app
from backend.payment.settings import PaymentSettings


def application(ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(_settings(ground), broker=shared.broker, http=shared.http)


def _settings(ground: Ground) -> PaymentSettings:
    return PaymentSettings(
        dsn=ground.dsn("payment"),
        **ground.trust("movies"),
        stripe_key=SecretStr(ground.secrets.stripe_key),
        stripe_address=ground.ports.inner("simulator"),
        webhook_secrets=(SecretStr(ground.secrets.webhook_secret),),
        environment="onebox",
    )
