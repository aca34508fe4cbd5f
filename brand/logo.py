"""The logo: a small auditorium seen from above whose chosen seats make an M, under its screen."""

from brand.lettering import outline, width
from brand.tokens import tokens

_PLAN = ("X...X", "XX.XX", "X.X.X", "X...X")
_PITCH = 9.5
_SEAT = 7.5
_NAME = "MovieMesh"


def logo_mark(*, size: int = 48, label: str | None = None) -> str:
    """Return the mark alone; its unchosen seats and screen take the colour of the text."""
    voice = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return _svg(64, 64, f'width="{size}" height="{size}" {voice}', _mark(_amber()))


def logo(*, height: int = 40) -> str:
    """Return mark and name side by side; the name takes the colour of the text."""
    length = 76 + width(_NAME, 44, weight="bold", tracking=-0.012)
    room = f'width="{height * length / 64:.0f}" height="{height}" role="img" aria-label="{_NAME}"'
    name = outline(_NAME, 76, 46, size=44, weight="bold", tracking=-0.012)
    return _svg(length, 64, room, f'{_mark(_amber())}<path fill="currentColor" d="{name}"/>')


def favicon() -> str:
    """Return the mark on its night sky, for tabs and home screens, light and dark."""
    night = tokens().colour["light"]["marquee"]
    ground = f'<rect width="64" height="64" rx="14" fill="{night}"/>'
    return _svg(
        64,
        64,
        'color="#fdf3e2"',
        f'{ground}<g transform="translate(6.4 6.4) scale(.8)">{_mark(_amber())}</g>',
    )


def _amber() -> str:
    return tokens().colour["dark"]["accent"]


def _mark(amber: str) -> str:
    screen = (
        '<path d="M6 10.5Q32 3 58 10.5" fill="none" stroke="currentColor" stroke-width="4.5" '
        'stroke-linecap="round"/>'
    )
    return screen + "".join(
        _seat(row, column, amber if sign == "X" else None)
        for row, signs in enumerate(_PLAN)
        for column, sign in enumerate(signs)
    )


def _seat(row: int, column: int, colour: str | None) -> str:
    # Rows curve around the screen, and the outer seats stand a little further back.
    x = 32 + (column - 2) * (_PITCH + 1.9)
    y = 22.5 + row * (_PITCH + 1.7) - 0.9 * (2 - abs(column - 2)) + 1.2
    side = _SEAT + 1.6 if colour else _SEAT - 3
    fill = f'fill="{colour}"' if colour else 'fill="currentColor" fill-opacity=".34"'
    corner = 2.6 if colour else side / 2
    return (
        f'<rect x="{x - side / 2:.2f}" y="{y - side / 2:.2f}" width="{side:g}" '
        f'height="{side:g}" rx="{corner:g}" {fill}/>'
    )


def _svg(width_: float, height: float, attributes: str, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_:.0f} {height:.0f}" '
        f"{attributes}>{content}</svg>"
    )
