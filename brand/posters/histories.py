"""Posters of the histories: Potemkin, the independence of Romania and Joan of Arc."""

from math import cos, radians, sin

from brand.posters.sheet import Sheet, circle, credit, group, line, path, poly, rect, words


def battleship_potemkin() -> str:
    """Draw the bow and the guns over the steps of the harbour."""
    red, cream, ink, steel = "#c8281e", "#f3e8d0", "#141414", "#4a4f52"
    sheet = Sheet("potemkin", cream)
    sheet.add(poly([(0, 0), (600, 0), (600, 360), (0, 620)], red))
    for number in range(7):
        sheet.add(
            poly(
                [(300, 470), (number * 120 - 90, -40), (number * 120 - 40, -40)],
                cream,
                opacity=0.16,
            )
        )
    sheet.add(*_steps(cream, ink), *_ship(ink, steel, cream, red))
    sheet.add(_pram(red, cream))
    band = group(
        rect(-60, -78, 760, 112, ink),
        words("POTEMKIN", 0, 16, room=548, anchor="start", fill=cream),
        transform="translate(28 182) rotate(-8)",
    )
    sheet.add(
        band,
        group(
            words("BATTLESHIP", 0, 0, size=62, anchor="start", fill=cream, tracking=0.02),
            transform="translate(22 84) rotate(-8)",
        ),
    )
    sheet.add(
        credit("1925", 30, 872, fill=cream, anchor="start", size=27),
        credit("SERGEI EISENSTEIN", 572, 872, fill=cream, anchor="end", size=27),
    )
    return sheet.svg()


def _ship(ink: str, steel: str, cream: str, red: str) -> list[str]:
    hull = path("M92 470 L508 470 C476 560 392 640 300 742 C208 640 124 560 92 470 Z", ink)
    port = path("M92 470 L300 470 L300 742 C208 640 124 560 92 470 Z", steel)
    tower = [
        rect(196, 372, 208, 100, ink),
        rect(230, 300, 140, 76, steel),
        rect(258, 240, 84, 64, ink),
        rect(294, 130, 12, 120, ink),
        rect(240, 208, 120, 14, ink),
        rect(262, 172, 76, 10, ink),
        path("M306 136 L392 150 L372 168 L388 190 L306 176 Z", red, stroke=cream, stroke_width=4),
        *(rect(x, 320, 22, 16, cream) for x in (244, 274, 304, 334)),
    ]
    turret = [
        path("M168 470 V424 C168 402 432 402 432 424 V470 Z", steel),
        rect(168, 462, 264, 10, ink),
        *(
            group(circle(x, 436, 38, ink), circle(x, 436, 28, cream), circle(x, 436, 21, ink))
            for x in (242, 358)
        ),
    ]
    bow = [
        line([(300, 470), (300, 742)], cream, 5),
        circle(214, 530, 15, cream),
        circle(386, 530, 15, cream),
        circle(214, 530, 7, ink),
        circle(386, 530, 7, ink),
    ]
    return [*tower, hull, port, *turret, *bow, rect(74, 456, 452, 18, ink)]


def _steps(cream: str, ink: str) -> list[str]:
    drawn = [poly([(0, 620), (600, 560), (600, 900), (0, 900)], ink)]
    for number in range(8):
        y = 640 + number * 34 + number * number * 1.5
        drawn.append(
            poly(
                [(0, y), (600, y - 44), (600, y - 30 + number), (0, y + 14 + number)],
                cream,
                opacity=0.92,
            )
        )
    return [*drawn, rect(0, 836, 600, 64, ink)]


def _pram(red: str, cream: str) -> str:
    spokes = [
        line([(x + 19 * cos(radians(a)), 44 + 19 * sin(radians(a))), (x, 44)], cream, 3)
        for x in (-30, 34)
        for a in range(0, 360, 60)
    ]
    return group(
        *(circle(x, 44, 25, "#141414") for x in (-30, 34)),
        path("M-66 -32 H70 C66 18 36 36 0 36 C-36 36 -64 18 -66 -32 Z", "#141414"),
        path("M-12 -24 H70 C70 -82 34 -100 -12 -100 Z", "#141414"),
        path("M-58 -24 C-58 12 -32 28 0 28 C34 28 58 10 62 -24 Z", red),
        path("M-4 -32 L62 -32 C62 -74 30 -92 -4 -92 Z", red),
        line([(26, -32), (-4, -92)], cream, 4),
        line([(50, -32), (14, -88)], cream, 4),
        line([(-58, -26), (-96, -62)], "#141414", 17, stroke_linecap="round"),
        line([(-58, -26), (-96, -62)], red, 8, stroke_linecap="round"),
        *(circle(x, 44, 19, "none", stroke=cream, stroke_width=5) for x in (-30, 34)),
        *spokes,
        transform="translate(474 688) rotate(-16) scale(1.1)",
    )


def the_independence_of_romania() -> str:
    """Draw the infantry going forward under the flag."""
    blue, yellow, red, cream, ink = "#1f3f8a", "#f2c230", "#c3272b", "#f6ead0", "#171318"
    sheet = Sheet("independence", cream)
    for number in range(24):
        a, b = radians(-100 + number * 10), radians(-94 + number * 10)
        sheet.add(
            poly(
                [
                    (250, 640),
                    (250 + 980 * sin(a), 640 - 980 * cos(a)),
                    (250 + 980 * sin(b), 640 - 980 * cos(b)),
                ],
                "#e6cf9f",
            )
        )
    sheet.add(circle(250, 640, 190, "#e9b45a"), circle(250, 640, 150, "#efc77c"))
    sheet.add(*_flag(blue, yellow, red, ink))
    sheet.add(path("M0 640 C90 600 180 640 300 616 C420 592 500 640 600 600 V900 H0 Z", "#7a2f25"))
    for x, y, size in (
        (44, 640, 0.66),
        (150, 650, 0.7),
        (330, 638, 0.66),
        (430, 646, 0.72),
        (548, 626, 0.7),
    ):
        sheet.add(_soldier(x, y, size, "#4a1c1b"))
    sheet.add(path("M0 760 C110 716 220 752 320 738 C440 720 520 748 600 716 V900 H0 Z", ink))
    for x, y, size in ((78, 752, 1.12), (262, 748, 1.22), (452, 742, 1.14), (590, 746, 1.04)):
        sheet.add(_soldier(x, y, size, ink))
    sheet.add(
        rect(0, 776, 600, 124, ink),
        *(rect(x, 776, 200, 9, colour) for x, colour in ((0, blue), (200, yellow), (400, red))),
    )
    sheet.add(
        words("INDEPENDENȚA", 300, 842, room=544, fill=cream),
        credit("ROMÂNIEI  ·  1912  ·  A. DEMETRIADE", 300, 882, fill=yellow, size=25),
    )
    return sheet.svg()


def _flag(blue: str, yellow: str, red: str, ink: str) -> list[str]:
    bands = [
        path("M196 60 C240 36 280 40 320 62 L312 392 C270 366 236 364 196 392 Z", blue),
        path("M320 62 C366 88 400 92 446 68 L434 398 C394 420 354 416 312 392 Z", yellow),
        path("M446 68 C488 46 530 50 574 78 L548 408 C512 380 474 376 434 398 Z", red),
    ]
    folds = path(
        "M258 46 C262 160 250 270 254 372 M382 90 C386 200 370 310 374 412 M510 54 "
        "C512 170 494 280 492 384",
        "none",
        stroke=ink,
        stroke_width=7,
        opacity=0.18,
    )
    pole = line([(186, 40), (214, 760)], ink, 15, stroke_linecap="round")
    return [*bands, folds, pole, poly([(186, 0), (170, 44), (202, 44)], ink)]


def _soldier(x: float, y: float, size: float, ink: str) -> str:
    cap = path(
        "M-24 -166 C-30 -206 -6 -218 8 -212 C28 -208 30 -184 26 -164 Z M22 -204 C46 "
        "-232 74 -236 92 -262 C88 -224 66 -196 28 -186 Z",
        ink,
    )
    return group(
        cap,
        circle(2, -150, 21, ink),
        path(
            "M-20 -132 C-46 -112 -40 -50 -34 -22 L-74 54 L-96 60 L-92 74 L-52 72 L-8 6 "
            "L24 42 L22 110 L62 110 L52 30 L26 -30 L34 -96 L22 -130 Z",
            ink,
        ),
        path("M-32 -124 C-62 -110 -62 -50 -40 -44 Z", ink),
        line(
            [(18, -112), (56, -78), (86, -102)],
            ink,
            17,
            stroke_linejoin="round",
            stroke_linecap="round",
        ),
        line([(-30, -34), (128, -158)], ink, 9),
        line([(128, -158), (184, -202)], ink, 5),
        transform=f"translate({x} {y}) scale({size})",
    )


def the_passion_of_joan_of_arc() -> str:
    """Draw the cross between two smokes, the fire below and the birds above."""
    bone, ash, ink, red = "#efe9dd", "#cfc6b6", "#17151a", "#c72c22"
    sheet = Sheet("joan", bone)
    lines = sheet.pattern(8, 8, rect(0, 0, 8, 2, ink))
    sheet.add(rect(262, 250, 76, 560, ink), rect(140, 372, 320, 76, ink))
    _smokes(sheet, ash, lines)
    sheet.add(rect(262, 226, 76, 584, ink), rect(120, 372, 360, 76, ink))
    sheet.add(
        circle(300, 414, 142, "#e9b64f"), circle(300, 414, 128, "none", stroke=bone, stroke_width=4)
    )
    sheet.add(_shift(ink), _face(bone, ink))
    _fire(sheet, red)
    _birds(sheet, ink)
    sheet.add(
        words("THE PASSION OF", 300, 76, room=350, weight="semibold", fill=ink, tracking=0.06),
        words("JOAN OF ARC", 300, 172, room=536, fill=red),
    )
    sheet.add(rect(0, 846, 600, 54, ink))
    sheet.add(credit("1928  ·  CARL THEODOR DREYER", 300, 882, fill=bone, size=26))
    return sheet.svg()


def _smokes(sheet: Sheet, ash: str, lines: str) -> None:
    left = (
        "M0 900 V520 C60 500 40 430 90 400 C60 330 130 300 120 240 C160 290 150 "
        "340 190 372 H140 V448 H262 V900 Z"
    )
    right = (
        "M600 900 V560 C560 520 574 470 520 440 C556 372 486 340 500 260 C452 300 "
        "462 352 420 372 H460 V448 H338 V900 Z"
    )
    sheet.add(path(left, ash), path(right, ash))
    sheet.add(path(left, lines, opacity=0.2), path(right, lines, opacity=0.2))


def _fire(sheet: Sheet, red: str) -> None:
    for number in range(9):
        x, height = number * 72 - 22, 130 + (number * 5 % 4) * 44
        sheet.add(
            path(
                f"M{x - 24} 902 C{x - 30} {860 - height * 0.4} {x + 46} "
                f"{830 - height * 0.5} {x + 22} {790 - height} C{x + 96} "
                f"{850 - height * 0.7} {x + 76} {870 - height * 0.2} {x + 92} 902 "
                "Z",
                red,
            )
        )
    for number in range(8):
        x, height = number * 78 + 10, 50 + (number * 3 % 4) * 24
        sheet.add(
            path(
                f"M{x - 20} 902 C{x - 16} {880 - height * 0.4} {x + 36} "
                f"{860 - height * 0.5} {x + 18} {826 - height} C{x + 70} "
                f"{880 - height * 0.6} {x + 56} {880} {x + 62} 902 Z",
                "#f08a3c",
            )
        )


def _birds(sheet: Sheet, ink: str) -> None:
    for x, y, size, turn in (
        (92, 300, 0.9, -12),
        (470, 226, 1.0, 10),
        (540, 320, 0.7, -4),
        (180, 226, 0.6, 8),
        (396, 290, 0.55, -16),
    ):
        sheet.add(
            path(
                "M-52 -18 C-30 -34 -8 -16 0 4 C8 -16 30 -34 52 -18 C30 -18 14 0 0 18 "
                "C-14 0 -30 -18 -52 -18 Z",
                ink,
                transform=f"translate({x} {y}) rotate({turn}) scale({size})",
            )
        )


def _shift(ink: str) -> str:
    """Draw the plain shirt of the condemned, and the rope."""
    cloth = path(
        "M272 512 V560 C226 568 196 584 188 620 L166 900 H434 L412 620 C404 584 374 568 328 560 "
        "V512 Z",
        "#f7f3ea",
    )
    folds = path(
        "M238 640 L226 900 M300 600 V900 M362 640 L374 900",
        "none",
        stroke=ink,
        stroke_width=4,
        opacity=0.25,
    )
    collar = path("M268 556 Q300 590 332 556", "none", stroke=ink, stroke_width=6)
    ropes = [
        path(
            f"M{186 - n} {660 + n * 12} Q300 {690 + n * 12} {414 + n} {660 + n * 12}",
            "none",
            stroke="#8a6a3c",
            stroke_width=11,
        )
        for n in (0, 2)
    ]
    return group(cloth, folds, collar, *ropes)


def _face(bone: str, ink: str) -> str:
    return group(
        path("M-70 -34 C-70 -96 70 -96 70 -34 C72 30 46 92 0 104 C-46 92 -72 30 -70 -34 Z", bone),
        path(
            "M-76 -20 C-84 -104 -36 -122 0 -122 C36 -122 84 -104 76 -20 L64 -44 L52 "
            "-70 L34 -52 L20 -76 L4 -54 L-14 -78 L-30 -54 L-50 -70 L-64 -42 Z",
            ink,
        ),
        *(
            group(
                path(
                    f"M{x - 22} 4 C{x - 10} -16 {x + 12} -16 {x + 22} 4 C{x + 10} "
                    f"16 {x - 10} 16 {x - 22} 4 Z",
                    "#ffffff",
                    stroke=ink,
                    stroke_width=4,
                ),
                circle(x + 2, -5, 8, ink),
            )
            for x in (-31, 31)
        ),
        path(
            "M-54 -18 Q-32 -34 -12 -22 M54 -18 Q32 -34 12 -22",
            "none",
            stroke=ink,
            stroke_width=5,
            stroke_linecap="round",
        ),
        path(
            "M4 -8 L-8 40 L6 44",
            "none",
            stroke=ink,
            stroke_width=4,
            stroke_linecap="round",
            stroke_linejoin="round",
        ),
        path("M-18 68 Q0 60 18 68 Q0 80 -18 68 Z", ink),
        path("M-36 22 C-46 40 -46 52 -36 54 C-26 52 -28 38 -36 22 Z", "#8fb4c8"),
        transform="translate(300 420) rotate(-5) scale(1.12)",
    )
