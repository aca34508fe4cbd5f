"""Figures of a service for Prometheus; each application has its own registry."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """What every service counts; features add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "mm_http_requests",
            "Answers by route and status.",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "mm_http_seconds", "Time to answer by route.", ["route"], registry=self.registry
        )

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
