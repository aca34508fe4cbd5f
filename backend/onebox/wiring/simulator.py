"""The card provider's simulator in a onebox."""

import os
from typing import Any

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.onebox.stripe_simulator.app import create_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint


def application(ground: Ground, _shared: Shared) -> Any:
    """Make the application."""
    return create_app(settings(ground))


def settings(ground: Ground) -> SimulatorSettings:
    """Return its settings; only tests have it fail on purpose."""
    return SimulatorSettings(
        dsn=ground.dsns["simulator"],
        public_url=ground.ports.url("simulator"),
        secret_keys=(ground.secrets.stripe_key,),
        webhook_endpoints=(
            WebhookEndpoint(
                f"{ground.ports.inner('payment')}/webhooks/stripe", ground.secrets.webhook_secret
            ),
        ),
        allows_faults=os.environ.get("MM_SIMULATOR_FAULTS") == "yes",
    )
