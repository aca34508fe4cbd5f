"""The sheet of paper that a poster is drawn on, 600 by 900, and the shapes that it may hold.

Only plain shapes, gradients and patterns: nothing that runs, loads or needs a font.
"""

from collections.abc import Iterable, Iterator

from brand.fonts import Weight
from brand.lettering import Anchor, fitted, outline

WIDTH, HEIGHT = 600, 900
Point = tuple[float, float]
Stop = tuple[float, str] | tuple[float, str, float]
Style = str | float


class Sheet:
    """Collects a poster's shapes from back to front; its ids begin with its slug.

    Several posters may stand in one page, so no two of them may share an id.
    """

    def __init__(self, slug: str, ground: str) -> None:
        self._slug = slug
        self._defs: list[str] = []
        self._shapes = [rect(0, 0, WIDTH, HEIGHT, ground)]

    def add(self, *shapes: str) -> None:
        self._shapes.extend(shapes)

    def linear(self, *stops: Stop, along: tuple[float, float, float, float] = (0, 0, 0, 1)) -> str:
        """Return a paint that runs down, or along the given line of the shape's own box."""
        x1, y1, x2, y2 = along
        return self._paint("linearGradient", "".join(map(_stop, stops)), x1=x1, y1=y1, x2=x2, y2=y2)

    def radial(self, *stops: Stop, centre: Point = (0.5, 0.5), radius: float = 0.5) -> str:
        return self._paint(
            "radialGradient", "".join(map(_stop, stops)), cx=centre[0], cy=centre[1], r=radius
        )

    def pattern(self, width: float, height: float, *shapes: str, turn: float = 0) -> str:
        """Return a paint that repeats the shapes, turned by so many degrees."""
        return self._paint(
            "pattern",
            "".join(shapes),
            width=width,
            height=height,
            patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({turn:g})",
        )

    def clipped(self, outline_: str, *shapes: str) -> str:
        """Return the shapes as far as they lie within the outline."""
        return group(*shapes, clip_path=self.clip(outline_))

    def clip(self, outline_: str) -> str:
        """Return what a shape's `clip_path` names to be seen only within the outline."""
        return self._paint("clipPath", outline_)

    def grain(self, colour: str, opacity: float = 0.12, step: float = 6) -> None:
        """Lay a fine screen of dots over everything so far, as of ink on paper."""
        dots = circle(step / 4, step / 4, step / 7, colour) + circle(
            step * 3 / 4, step * 3 / 4, step / 7, colour
        )
        self.add(
            rect(0, 0, WIDTH, HEIGHT, self.pattern(step, step, dots, turn=15), opacity=opacity)
        )

    def svg(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}"><defs>{"".join(self._defs)}</defs>'
            f"{''.join(self._shapes)}</svg>"
        )

    def _paint(self, tag: str, content: str, **attributes: Style) -> str:
        name = f"{self._slug}-{len(self._defs) + 1}"
        self._defs.append(_element(tag, content, id=name, **attributes))
        return f"url(#{name})"


def rect(x: float, y: float, width: float, height: float, fill: str = "", **style: Style) -> str:  # noqa: PLR0917 -- a rectangle has four numbers and a colour
    return _element("rect", "", x=x, y=y, width=width, height=height, **_filled(fill, style))


def circle(x: float, y: float, r: float, fill: str = "", **style: Style) -> str:
    return _element("circle", "", cx=x, cy=y, r=r, **_filled(fill, style))


def ellipse(x: float, y: float, rx: float, ry: float, fill: str = "", **style: Style) -> str:  # noqa: PLR0917 -- an ellipse has four numbers and a colour
    return _element("ellipse", "", cx=x, cy=y, rx=rx, ry=ry, **_filled(fill, style))


def poly(points: Iterable[Point], fill: str, **style: Style) -> str:
    return _element("polygon", "", points=_points(points), **_filled(fill, style))


def path(d: str, fill: str = "none", **style: Style) -> str:
    return _element("path", "", d=" ".join(d.split()), **_filled(fill, style))


def line(points: Iterable[Point], colour: str, width: float, **style: Style) -> str:
    """Return an open stroke through the points."""
    return _element(
        "polyline",
        "",
        points=_points(points),
        fill="none",
        stroke=colour,
        stroke_width=width,
        **style,
    )


def group(*shapes: str, **style: Style) -> str:
    return _element("g", "".join(shapes), **style)


def words(  # noqa: PLR0913 -- lettering has many knobs, all named
    text: str,
    x: float,
    y: float,
    *,
    fill: str,
    size: float = 0,
    room: float = 0,
    weight: Weight = "black",
    anchor: Anchor = "middle",
    tracking: float = 0,
    stretch: float = 1,
    **style: Style,
) -> str:
    """Return a line of lettering, of the size given or as wide as its room."""
    fits = size or fitted(text, room, weight=weight, tracking=tracking)
    drawn = outline(
        text, x, y, size=fits, weight=weight, anchor=anchor, tracking=tracking, stretch=stretch
    )
    return path(drawn, fill, **style)


def credit(
    text: str, x: float, y: float, *, fill: str, anchor: Anchor = "middle", size: float = 25
) -> str:
    """Return the small line of year and director."""
    return words(text, x, y, fill=fill, size=size, weight="semibold", anchor=anchor, tracking=0.07)


def scattered(count: int, *, seed: int = 0) -> Iterator[tuple[float, float, float]]:
    """Yield points spread evenly without a grid over the unit square, each with a size 0 to 1."""
    for number in range(1 + seed, count + 1 + seed):
        yield number * 0.754877666 % 1, number * 0.569840291 % 1, number * 0.381966011 % 1


def _filled(fill: str, style: dict[str, Style]) -> dict[str, Style]:
    return {"fill": fill, **style} if fill else style


def _stop(stop: Stop) -> str:
    attributes: dict[str, Style] = {"offset": stop[0], "stop_color": stop[1]}
    if len(stop) == 3:
        attributes["stop_opacity"] = stop[2]
    return _element("stop", "", **attributes)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _element(tag: str, content: str, **attributes: Style) -> str:
    written = "".join(
        f' {name.replace("_", "-")}="{value if isinstance(value, str) else _number(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
