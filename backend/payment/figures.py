"""What payment counts for Prometheus, beside what every service does."""

from prometheus_client import CollectorRegistry, Counter


class Figures:
    """The counters; each application has its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.webhooks = Counter(
            "mm_payment_webhooks",
            "The provider's webhooks by what became of them.",
            ["outcome"],
            registry=registry,
        )
