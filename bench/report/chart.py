"""Charts drawn by our own code, in the brand's colours for a light and a dark page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bench.report.numbers import number
from bench.results import Figure, Outcome, Share
from brand.tokens import tokens

_WIDTH, _ROW, _LEFT, _RIGHT, _TOP = 960, 34, 330, 210, 64
_COLOURS = {
    "page": "surface",
    "text": "text",
    "muted": "muted",
    "line": "line-strong",
    "aim": "success",
    "met": "info",
    "missed": "danger",
    "server": "primary",
    "database": "info",
    "client": "line-strong",
}
# Beyond this a bar is cut: what is three times as good as asked needs no longer bar.
_LONGEST = 3.0
_WORDS = {"aim": "reaches the aim", "met": "reaches at least", "missed": "misses"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, segments as (class, length from 0 to 1), and the words at its end."""

    label: str
    segments: tuple[tuple[str, float], ...]
    words: str
    aim: float | None = None


def reached(outcomes: Iterable[Outcome]) -> str:
    """Draw how far each number that counts is, with what closes the issue as 1."""
    bars = [
        _reached(outcome, figure)
        for outcome in outcomes
        for figure in outcome.figures
        if figure.verdict != "told"
    ]
    return _drawn(
        bars,
        title="How far each line is",
        note="1 is what was asked for at least; the small mark is the aim. Longer is better.",
        scale=[(mark / _LONGEST, f"{mark:g}") for mark in (0, 1, 2, 3)],
    )


def spent(outcomes: Iterable[Outcome]) -> str:
    """Draw the CPU of one operation, each bar against the longest of its kind."""
    shares = [share for outcome in outcomes for share in outcome.shares]
    small = [share for share in shares if _sum(share) < 10]
    longest = max((_sum(share) for share in small), default=1.0)
    bars = [_spent(share, longest) for share in small]
    return _drawn(
        bars,
        title="CPU of one operation, in milliseconds",
        note="From the left: the onebox, PostgreSQL, the client that sends the load.",
        scale=[(at / 4, f"{longest * at / 4:.2g}") for at in range(5)],
    )


def ratio(figure: Figure, mark: float) -> float:
    """Return the median as a share of a mark: 1 reaches it, more is better."""
    median = figure.spread.median
    if figure.better == "more":
        return median / mark
    return mark / median if median else _LONGEST


def _reached(outcome: Outcome, figure: Figure) -> Bar:
    at_least = figure.at_least or 1.0
    length = min(_LONGEST, ratio(figure, at_least)) / _LONGEST
    aim = None
    if figure.aim is not None:
        asked = figure.aim / at_least if figure.better == "more" else at_least / figure.aim
        aim = min(_LONGEST, asked) / _LONGEST
    words = f"{number(figure.spread.median)} {figure.unit}, {_WORDS[figure.verdict]}"
    return Bar(f"{outcome.line}  {figure.name}", ((figure.verdict, length),), words, aim)


def _spent(share: Share, longest: float) -> Bar:
    parts = (
        ("server", share.server_ms),
        ("database", share.database_ms),
        ("client", share.client_ms),
    )
    segments = tuple((kind, ms / longest) for kind, ms in parts)
    return Bar(share.what, segments, f"{_sum(share):.3g} ms")


def _sum(share: Share) -> float:
    return share.server_ms + share.database_ms + share.client_ms


def _drawn(
    bars: Sequence[Bar], *, title: str, note: str, scale: Sequence[tuple[float, str]]
) -> str:
    height = _TOP + _ROW * len(bars) + 30
    room = _WIDTH - _LEFT - _RIGHT
    rows = [_row(bar, _TOP + _ROW * place, room) for place, bar in enumerate(bars)]
    marks = [
        f'<path class="line" d="M{_LEFT + room * at:.1f} {_TOP - 6}V{height - 24}"/>'
        f'<text class="muted" x="{_LEFT + room * at:.1f}" y="{height - 8}"'
        f' text-anchor="middle">{escape(text)}</text>'
        for at, text in scale
    ]
    size = f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="t d"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(_told(bars))}</desc>',
        _style(),
        f'<rect class="page" width="{_WIDTH}" height="{height}" rx="14"/>',
        f'<text class="title" x="20" y="28">{escape(title)}</text>',
        f'<text class="muted" x="20" y="48">{escape(note)}</text>',
    ]
    return "\n".join([*lines, *marks, *rows, "</svg>\n"])


def _row(bar: Bar, top: float, room: float) -> str:
    at, drawn = float(_LEFT), []
    for kind, share in bar.segments:
        width = room * share
        drawn.append(
            f'<rect class="{kind}" x="{at:.1f}" y="{top + 5}" width="{width:.1f}" height="18"/>'
        )
        at += width
    if bar.aim is not None:
        x = _LEFT + room * bar.aim
        drawn.append(f'<path class="mark" d="M{x:.1f} {top + 1}V{top + 27}"/>')
    label = f'<text x="{_LEFT - 10}" y="{top + 19}" text-anchor="end">{escape(bar.label)}</text>'
    words = (
        f'<text class="muted" x="{_LEFT + room + 14:.1f}" y="{top + 19}">{escape(bar.words)}</text>'
    )
    return "".join((label, *drawn, words))


def _told(bars: Iterable[Bar]) -> str:
    return "; ".join(f"{bar.label}: {bar.words}" for bar in bars)


def _style() -> str:
    light, dark = (
        "".join(f"--{name}:{tokens().palette(theme)[key]};" for name, key in _COLOURS.items())
        for theme in ("light", "dark")
    )
    fills = "".join(
        f".{name}{{fill:var(--{name})}}" for name in _COLOURS if name not in {"text", "line"}
    )
    return (
        f"<style>svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}"
        "text{font:13px 'Source Sans Pro','Source Sans 3',sans-serif;fill:var(--text)}"
        f"{fills}.title{{font-size:17px;font-weight:600}}text.muted{{fill:var(--muted)}}"
        ".line{stroke:var(--line);stroke-width:.5;opacity:.5}"
        ".mark{stroke:var(--text);stroke-width:2}</style>"
    )
