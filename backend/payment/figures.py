"""What payment counts for Prometheus, beside what every service does."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Figures:
    """The counters; each application has its own."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.webhooks = Counter(
            "mm_payment_webhooks",
            "The provider's webhooks by what became of them.",
            ["outcome"],
            registry=registry,
        )
        self.books = Gauge(
            "mm_payment_books_compared_seconds",
            "When the provider's movements were last compared with the ledger, since 1970.",
            registry=registry,
        )
