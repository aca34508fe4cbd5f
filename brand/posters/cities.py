"""Posters of the cities: Metropolis, and the man with the camera."""

from math import cos, radians, sin

from brand.posters.sheet import Sheet, circle, credit, ellipse, group, line, path, poly, rect, words


def metropolis() -> str:
    """Draw the stepped towers and the robot within its rings."""
    ink, steel, gold, light = "#0b111b", "#31506b", "#d9a441", "#f6e6b4"
    sheet = Sheet("metropolis", ink)
    glow = sheet.radial(
        (0, "#f6e6b4"),
        (0.22, "#8fb0b5"),
        (0.6, "#264058"),
        (1, ink),
        centre=(0.5, 0.46),
        radius=0.62,
    )
    sheet.add(rect(0, 0, 600, 900, glow))
    for turn in range(-80, 81, 20):
        x = 300 + 900 * sin(radians(turn))
        y = 420 - 900 * cos(radians(turn))
        sheet.add(poly([(300, 420), (x - 34, y), (x + 34, y)], light, opacity=0.13))
    for x, top, width, colour in (
        (0, 250, 130, "#1c3044"),
        (470, 230, 130, "#1c3044"),
        (70, 130, 110, "#16283a"),
        (420, 110, 110, "#16283a"),
        (-20, 360, 120, ink),
        (500, 350, 120, ink),
    ):
        sheet.add(*_tower(x, top, width, colour=colour, gold=gold))
    for number, (y, rx) in enumerate(
        ((690, 250), (610, 222), (525, 205), (440, 205), (355, 222), (275, 250))
    ):
        sheet.add(_ring(y, rx, gold if number % 2 else light, behind=True))
    sheet.add(_robot(ink, steel, gold, light))
    for number, (y, rx) in enumerate(
        ((690, 250), (610, 222), (525, 205), (440, 205), (355, 222), (275, 250))
    ):
        sheet.add(_ring(y, rx, gold if number % 2 else light, behind=False))
    sheet.add(rect(0, 738, 600, 162, ink), rect(34, 756, 532, 4, gold), rect(34, 766, 532, 2, gold))
    sheet.add(words("METROPOLIS", 300, 842, room=532, fill=light, stretch=1.12))
    sheet.add(credit("1927", 34, 882, fill=gold, anchor="start", size=22))
    sheet.add(credit("FRITZ LANG", 566, 882, fill=gold, anchor="end", size=22))
    return sheet.svg()


def _tower(x: float, top: float, width: float, *, colour: str, gold: str) -> list[str]:
    drawn = [
        rect(x + inset, top + drop, width - 2 * inset, 900, colour)
        for inset, drop in ((0, 130), (14, 62), (30, 16), (width / 2 - 4, -60))
    ]
    lit = [
        rect(x + 14 + column * 18, top + 146 + row * 30, 8, 14, gold, opacity=0.75)
        for row in range(16)
        for column in range(int((width - 24) // 18))
        if (row * 7 + column * 5 + int(x)) % 4 < 2
    ]
    return drawn + lit


def _ring(y: float, rx: float, colour: str, *, behind: bool) -> str:
    sweep = 1 if behind else 0
    return path(
        f"M{300 - rx} {y} A{rx} {rx * 0.17} 0 0 {sweep} {300 + rx} {y}",
        "none",
        stroke=colour,
        stroke_width=9 if not behind else 5,
        opacity=0.55 if behind else 1,
    )


def _robot(ink: str, steel: str, gold: str, light: str) -> str:
    body = path(
        "M210 760 L222 560 C226 520 196 500 176 470 L204 452 C230 474 262 470 276 452 "
        "L276 424 H324 L324 452 C338 470 370 474 396 452 L424 470 C404 500 374 520 378 "
        "560 L390 760 Z",
        ink,
    )
    plates = [
        path(
            f"M{238 + i * 4} {y} Q300 {y + 26} {362 - i * 4} {y}",
            "none",
            stroke=gold,
            stroke_width=6,
        )
        for i, y in enumerate((520, 548, 576, 604))
    ]
    breast = [circle(x, 500, 30, "none", stroke=steel, stroke_width=6) for x in (258, 342)]
    return group(
        body,
        *plates,
        *breast,
        *_robot_head(ink, gold, light),
        line([(300, 206), (300, 250)], light, 5),
    )


def _robot_head(ink: str, gold: str, light: str) -> list[str]:
    head = path(
        "M236 330 C236 262 266 236 300 236 C334 236 364 262 364 330 C364 384 342 430 "
        "300 436 C258 430 236 384 236 330 Z",
        gold,
    )
    shade = path("M300 236 C334 236 364 262 364 330 C364 384 342 430 300 436 Z", "#a8721f")
    crown = path(
        "M224 350 C212 240 262 206 300 206 C338 206 388 240 376 350 L358 350 C360 280 "
        "336 248 300 248 C264 248 240 280 242 350 Z",
        ink,
    )
    brow = path(
        "M250 326 Q272 306 294 326 L294 336 Q272 322 250 336 Z M306 326 Q328 306 350 "
        "326 L350 336 Q328 322 306 336 Z",
        ink,
    )
    eyes = [ellipse(x, 346, 15, 8, light) for x in (272, 328)] + [
        circle(x, 346, 5, ink) for x in (272, 328)
    ]
    nose = path("M294 330 L306 330 L312 378 L300 386 L288 378 Z", ink, opacity=0.45)
    mouth = path("M278 402 Q300 392 322 402 Q300 416 278 402 Z", ink)
    return [head, shade, crown, brow, *eyes, nose, mouth]


def man_with_a_movie_camera() -> str:
    """Draw the eye in the lens, striding over the city on three legs."""
    cream, ink, cyan, orange = "#f0e7d3", "#151515", "#178a93", "#ee5a24"
    sheet = Sheet("camera", cream)
    sheet.add(
        poly([(0, 0), (600, 0), (600, 130), (0, 560)], cyan),
        poly([(0, 590), (600, 160), (600, 204), (0, 634)], orange),
    )
    stripes = sheet.pattern(18, 18, rect(0, 0, 6, 18, ink), turn=-36)
    sheet.add(poly([(600, 230), (600, 520), (330, 423)], stripes, opacity=0.9))
    for x, top, width in (
        (0, 720, 86),
        (96, 660, 64),
        (170, 760, 90),
        (352, 690, 70),
        (432, 620, 60),
        (502, 740, 98),
    ):
        sheet.add(rect(x, top, width, 190, ink))
        sheet.add(
            *(
                rect(x + 12 + 18 * c, top + 14 + 24 * r, 9, 13, cream)
                for r in range(8)
                for c in range(int((width - 16) / 18))
            )
        )
    sheet.add(
        *(
            line([(316, 540), foot], ink, 17, stroke_linecap="round")
            for foot in ((92, 880), (318, 900), (530, 880))
        )
    )
    sheet.add(
        group(*_camera(cream, ink, cyan, orange), transform="translate(16 48) rotate(-9 300 350)")
    )
    sheet.add(words("MAN WITH A", 28, 92, size=88, fill=cream, anchor="start"))
    sheet.add(rect(0, 770, 600, 130, ink), words("MOVIE CAMERA", 300, 844, room=544, fill=orange))
    sheet.add(credit("1929", 30, 884, fill=cream, anchor="start", size=24))
    sheet.add(credit("DZIGA VERTOV", 570, 884, fill=cream, anchor="end", size=24))
    return sheet.svg()


def _camera(cream: str, ink: str, cyan: str, orange: str) -> list[str]:
    rays = [
        line([(300 + r * cos(radians(a)), 350 + r * sin(radians(a))) for r in (66, 104)], ink, 5)
        for a in range(0, 360, 15)
    ]
    return [
        rect(132, 200, 336, 300, ink, rx=10),
        circle(206, 164, 62, ink),
        circle(206, 164, 20, cream),
        circle(394, 164, 62, ink),
        circle(394, 164, 20, cream),
        *(
            circle(cx + 40 * cos(radians(a)), 164 + 40 * sin(radians(a)), 8, cream)
            for cx in (206, 394)
            for a in range(0, 360, 60)
        ),
        line([(468, 380), (520, 380), (520, 440)], ink, 15),
        rect(504, 436, 34, 22, orange),
        circle(300, 350, 138, cream),
        circle(300, 350, 122, orange),
        circle(300, 350, 108, cream),
        *rays,
        path("M204 350 Q300 262 396 350 Q300 438 204 350 Z", cream, stroke=ink, stroke_width=9),
        circle(300, 350, 47, cyan),
        circle(300, 350, 24, ink),
        circle(314, 336, 9, cream),
    ]
