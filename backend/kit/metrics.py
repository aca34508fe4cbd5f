"""Figures of a service for Prometheus; each application has its own registry.

The figures of every request are plain numbers, made into Prometheus' families only when somebody
asks: finding a labelled counter costs a hot route more than counting does.
"""

from bisect import bisect_left
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Metrics:
    """What every service counts; features add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Requests()
        self.registry.register(self._requests)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.count(route, status, seconds)

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)


class Requests:
    """Answers by route and status, and the time they took by route."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], int] = {}
        self._times: dict[str, _Times] = {}

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._answers[route, status] = self._answers.get((route, status), 0) + 1
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = _Times()
        times.counts[bisect_left(_BOUNDS, seconds)] += 1
        times.sum += seconds

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        """Return the families; the registry asks."""
        answers = CounterMetricFamily(
            "mm_http_requests", "Answers by route and status.", labels=["route", "status"]
        )
        for (route, status), count in self._answers.items():
            answers.add_metric([route, str(status)], count)
        yield answers
        seconds = HistogramMetricFamily(
            "mm_http_seconds", "Time to answer by route.", labels=["route"]
        )
        for route, times in self._times.items():
            seconds.add_metric([route], times.buckets(), times.sum)
        yield seconds


class _Times:
    """How many answers took how long."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BOUNDS) + 1)
        self.sum = 0.0

    def buckets(self) -> list[tuple[str, float]]:
        """Return the growing sums that a Prometheus histogram is made of."""
        bounds = [*map(str, _BOUNDS), "+Inf"]
        return [(bound, sum(self.counts[: n + 1])) for n, bound in enumerate(bounds)]
