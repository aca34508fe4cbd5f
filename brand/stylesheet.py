"""The tokens as CSS custom properties, for every page that a browser draws.

The system's wishes decide (dark, more contrast, less motion); `data-theme="light|dark"` and
`data-contrast="more"` on the root element decide before them.
"""

from collections.abc import Mapping

from brand.tokens import Theme, tokens

_DARK = ':root:not([data-theme="light"])'
_CHOSEN_DARK = ':root[data-theme="dark"]'
_CHOSEN_CONTRAST = '[data-contrast="more"]'
_NIGHT = "(prefers-color-scheme: dark)"
_CONTRAST = "(prefers-contrast: more)"
_WIDTHS = (400, 1200)


def tokens_css() -> str:
    """Return the whole sheet: plain values on :root, then the themes over them."""
    light, dark = _theme("light"), _theme("dark")
    more_light, more_dark = _theme("light-contrast"), _theme("dark-contrast")
    return "\n".join(
        (
            _rule(":root", {**_scales(), **_scheme("light"), **light}),
            _media(_NIGHT, _rule(_DARK, {**_scheme("dark"), **dark})),
            _rule(_CHOSEN_DARK, {**_scheme("dark"), **dark}),
            _media(_CONTRAST, _rule(":root", more_light)),
            _media(f"{_CONTRAST} and {_NIGHT}", _rule(_DARK, more_dark)),
            _media(_CONTRAST, _rule(_CHOSEN_DARK, more_dark)),
            _rule(f":root{_CHOSEN_CONTRAST}", more_light),
            _media(_NIGHT, _rule(f"{_DARK}{_CHOSEN_CONTRAST}", more_dark)),
            _rule(f"{_CHOSEN_DARK}{_CHOSEN_CONTRAST}", more_dark),
            _media("(prefers-reduced-motion: reduce)", _rule(":root", _stillness())),
        )
    )


def _scales() -> dict[str, str]:
    look = tokens()
    properties = {"type-family": str(look.type["family"])}
    for name, (least, most) in look.type["size"].items():
        properties[f"type-size-{name}"] = _fluid(least, most)
    for kind in ("weight", "line", "tracking"):
        properties |= {f"type-{kind}-{name}": str(v) for name, v in look.type[kind].items()}
    for kind, scale in (("space", look.space), ("radius", look.radius), ("size", look.size)):
        properties |= {f"{kind}-{name}": _rem(value) for name, value in scale.items()}
    properties |= {f"duration-{name}": f"{ms}ms" for name, ms in look.motion["duration"].items()}
    return properties | {f"easing-{name}": str(v) for name, v in look.motion["easing"].items()}


def _theme(theme: Theme) -> dict[str, str]:
    look = tokens()
    properties = {f"colour-{name}": value for name, value in look.colour[theme].items()}
    shadows = look.shadow.get(theme, {})
    return properties | {f"shadow-{name}": value for name, value in shadows.items()}


def _stillness() -> dict[str, str]:
    # Not zero, so that scripts waiting for transitionend still hear of it.
    return {f"duration-{name}": "0.01ms" for name in tokens().motion["duration"]}


def _scheme(name: str) -> dict[str, str]:
    return {"": name}


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    lines = (
        f"  --{name}: {value};" if name else f"  color-scheme: {value};"
        for name, value in properties.items()
    )
    return "\n".join((f"{selector} {{", *lines, "}"))


def _media(condition: str, rule: str) -> str:
    return f"@media {condition} {{\n{rule}\n}}"


def _rem(pixels: float) -> str:
    return "0" if not pixels else f"{pixels / 16:.4f}".rstrip("0").rstrip(".") + "rem"


def _fluid(least: int, most: int) -> str:
    if least == most:
        return _rem(least)
    narrow, wide = _WIDTHS
    slope = (most - least) / (wide - narrow)
    start = _rem(least - slope * narrow)
    return f"clamp({_rem(least)}, {start} + {slope * 100:.3f}vw, {_rem(most)})"
