"""The figures that lines share: ours against a limit, round by round, and who spent the CPU."""

from collections.abc import Sequence
from statistics import median

from bench.load.generator import Measured
from bench.results import Figure, Share
from bench.spread import ratios


def rate_against(
    ours: Sequence[float], limit: Sequence[float], *, name: str, at_least: float, aim: float
) -> Figure:
    """Return our rate in percent of the limit's of the same round."""
    percent = tuple(100 * ratio for ratio in ratios(ours, limit).rounds)
    return Figure(name, "%", percent, at_least=at_least, aim=aim)


def share_of(what: str, measured: Sequence[Measured]) -> Share:
    """Return the CPU of one request: medians over the rounds."""
    return Share(
        what,
        median(one.per_request.server for one in measured),
        median(one.per_request.database for one in measured),
        median(one.sent.cpu_ms for one in measured),
    )


def expect(measured: Measured, status: int) -> Measured:
    """Return what was measured if every answer had this status; raises RuntimeError."""
    if measured.sent.statuses != {str(status): measured.sent.done}:
        raise RuntimeError(f"answers were {measured.sent.statuses}, not all {status}")
    return measured
