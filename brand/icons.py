"""The icons: strokes on a grid of 24, drawn by us, in the colour of the text around them."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

_RING = '<circle cx="12" cy="12" r="8.5"/>'


def _line(*paths: str) -> str:
    return f'<path d="{"".join(paths)}"/>'


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2"/>'


def _dot(x: float, y: float) -> str:
    # A stroke of no length with round ends is a dot of the stroke's own width.
    return _line(f"M{x:g} {y:g}h.01")


ICONS: Mapping[str, str] = MappingProxyType(
    {
        "arrow-left": _line("M20 12H4.5", "M10.5 6l-6 6 6 6"),
        "arrow-right": _line("M4 12h15.5", "M13.5 6l6 6-6 6"),
        "calendar": _box(4, 5.5, 16, 14.5) + _line("M4 10h16", "M8.5 3.5v4", "M15.5 3.5v4"),
        "card": _box(3, 5.5, 18, 13) + _line("M3 10h18", "M6.5 15h4"),
        "check": _line("M4.5 12.5l5 5 10-11"),
        "chevron-down": _line("M6 9.5l6 6 6-6"),
        "clock": _RING + _line("M12 7v5l3.25 2"),
        "companion": '<circle cx="8.5" cy="7.75" r="3"/>'
        + _line("M3 19.5v-1a5.5 5.5 0 0 1 11 0v1")
        + _line("M15.5 4.9a3 3 0 0 1 0 5.7", "M17 13.4a5.5 5.5 0 0 1 4 5.1v1"),
        "contrast": _RING + '<path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/>',
        "cross": _line("M6 6l12 12", "M18 6L6 18"),
        "download": _line("M12 4v11.5", "M7 10.5l5 5 5-5", "M4.5 20h15"),
        "film": _box(3.5, 5, 17, 14)
        + _line("M8 5v14", "M16 5v14", "M3.5 9.7H8", "M3.5 14.3H8", "M16 9.7h4.5", "M16 14.3h4.5"),
        "globe": _RING
        + _line("M3.5 12h17", "M12 3.5c2.5 2.4 3.75 5.2 3.75 8.5s-1.25 6.1-3.75 8.5")
        + _line("M12 3.5C9.5 5.9 8.25 8.7 8.25 12s1.25 6.1 3.75 8.5"),
        "info": _RING + _line("M12 11v5.25") + _dot(12, 7.75),
        "lock": _box(5, 10.5, 14, 9.5) + _line("M8 10.5V8a4 4 0 0 1 8 0v2.5", "M12 14.25v2"),
        "mail": _box(3.5, 5.5, 17, 13) + _line("M4 7l8 6.5L20 7"),
        "menu": _line("M4 7h16", "M4 12h16", "M4 17h16"),
        "minus": _line("M5 12h14"),
        "moon": _line("M19.75 14.5A8.25 8.25 0 0 1 9.5 4.25a8.25 8.25 0 1 0 10.25 10.25z"),
        "person": '<circle cx="12" cy="8" r="3.75"/>' + _line("M4.5 20a7.5 7.5 0 0 1 15 0"),
        "pin": _line("M12 21s6.5-5.7 6.5-11a6.5 6.5 0 0 0-13 0c0 5.3 6.5 11 6.5 11z")
        + '<circle cx="12" cy="10" r="2.5"/>',
        "plus": _line("M12 5v14", "M5 12h14"),
        "print": _line(
            "M7 8.5V4h10v4.5", "M7 16.5H5.5a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v4"
        )
        + _line("M20.5 14.5a2 2 0 0 1-2 2H17", "M7 13.5h10V20H7z"),
        "qr": _line("M4 4h6v6H4z", "M14 4h6v6h-6z", "M4 14h6v6H4z", "M14 14h2.5v2.5", "M20 14v2.5")
        + _line("M14 20v-.5", "M17.25 20H20v-.5")
        + _dot(7, 7)
        + _dot(17, 7)
        + _dot(7, 17),
        "refresh": _line("M19.5 4.5V9.5h-5", "M4.5 19.5v-5h5")
        + _line("M18.9 9.5A7.5 7.5 0 0 0 5.6 8", "M5.1 14.5A7.5 7.5 0 0 0 18.4 16"),
        "search": '<circle cx="10.5" cy="10.5" r="6.25"/>' + _line("M15.1 15.1L20.25 20.25"),
        "seat": _line("M7.5 11V6.5a2 2 0 0 1 2-2h5a2 2 0 0 1 2 2V11")
        + _line("M4.5 10.5v5a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-5", "M4.5 13.5h15")
        + _line("M7.5 17.5V20", "M16.5 17.5V20"),
        "sign-in": _line(
            "M13.5 4H18a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4.5", "M4 12h11", "M11 8l4 4-4 4"
        ),
        "sign-out": _line(
            "M10.5 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4.5", "M9 12h11", "M16 8l4 4-4 4"
        ),
        "sofa": _line("M5 10.5V7.75A2.25 2.25 0 0 1 7.25 5.5h9.5A2.25 2.25 0 0 1 19 7.75v2.75")
        + _line("M3 12.25a1.75 1.75 0 0 1 3.5 0v2.25h11v-2.25a1.75 1.75 0 0 1 3.5 0v5.25H3z")
        + _line("M12 5.5v9", "M5.5 17.5V19.5", "M18.5 17.5V19.5"),
        "sun": '<circle cx="12" cy="12" r="3.75"/>'
        + _line("M12 3v2", "M12 19v2", "M3 12h2", "M19 12h2")
        + _line("M5.6 5.6L7 7", "M17 17l1.4 1.4", "M5.6 18.4L7 17", "M17 7l1.4-1.4"),
        "ticket": _line("M3.5 7h17v3.25a1.75 1.75 0 0 0 0 3.5V17h-17v-3.25a1.75 1.75 0 0 0 0-3.5z")
        + _line("M14.5 7.5v1.75", "M14.5 11.1v1.8", "M14.5 14.75v1.75"),
        "warning": _line("M12 4.25L21 19.75H3z", "M12 10v4.5") + _dot(12, 16.9),
        "wheelchair": '<circle cx="10.5" cy="4.5" r="1.5"/>'
        + _line("M10.5 8v6h5l2.25 5 2-.75", "M10.5 10.75h4.25", "M7.75 11.4a4.9 4.9 0 1 0 6.4 6.4"),
    }
)


def icon(name: str, *, size: int = 24, label: str | None = None) -> str:
    """Return one icon to set into a page; without a label it is decoration, unseen by readers."""
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="icon icon-{name}" width="{size}" '
        f'height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {voice} '
        f'focusable="false">{ICONS[name]}</svg>'
    )


def sprite() -> str:
    """Return all icons as one file, each used as `<use href="icons.svg#ticket"/>`."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
        for name, drawing in ICONS.items()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'
