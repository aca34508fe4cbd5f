"""Numbers as a reader wants them: three digits that mean something, with their unit."""

from bench.results import Figure


def number(value: float) -> str:
    """Write a number with three digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def median(figure: Figure) -> str:
    """Write a figure's middle."""
    return f"{number(figure.spread.median)} {figure.unit}".strip()


def ends(figure: Figure) -> str:
    """Write a figure's lowest and highest round; nothing when there was one only."""
    if len(figure.rounds) == 1:
        return ""
    return f"{number(figure.spread.low)} to {number(figure.spread.high)}"


def mark(value: float | None, figure: Figure) -> str:
    """Write what a figure has to reach."""
    if value is None:
        return ""
    sign = "≥" if figure.better == "more" else "≤"
    return f"{sign} {number(value)} {figure.unit}".strip()
