"""Posters of the engines: the shell to the Moon, and the General."""

from math import cos, radians, sin

from brand.posters.sheet import (
    Sheet,
    circle,
    credit,
    ellipse,
    group,
    line,
    path,
    poly,
    rect,
    scattered,
    words,
)


def a_trip_to_the_moon() -> str:
    """Draw the Moon with the shell in its eye."""
    night, cream, shade, ink, brass = "#12244a", "#f7e6b0", "#d9b464", "#1a1420", "#c98a2b"
    sheet = Sheet("moon", night)
    sheet.add(
        rect(
            0,
            0,
            600,
            900,
            sheet.radial(
                (0, "#2f5590"), (0.6, "#18305f"), (1, "#0c1733"), centre=(0.5, 0.45), radius=0.7
            ),
        )
    )
    _sky(sheet, cream)
    sheet.add(
        circle(300, 430, 252, cream),
        circle(
            300,
            430,
            252,
            sheet.radial((0.55, shade, 0), (1, shade, 0.9), centre=(0.42, 0.42), radius=0.62),
        ),
    )
    sheet.add(_moon_face(shade, ink), _shell(ink, brass, cream))
    sheet.add(words("A TRIP TO", 300, 106, room=310, fill=cream, tracking=0.03))
    sheet.add(words("THE MOON", 300, 822, room=520, fill=cream))
    sheet.add(credit("1902  ·  GEORGES MÉLIÈS", 300, 868, fill=shade))
    return sheet.svg()


def _sky(sheet: Sheet, cream: str) -> None:
    for u, v, size in scattered(80):
        sheet.add(_star(u * 600, v * 900, 2 + size * 7, cream))
    for turn in range(0, 360, 10):
        a = radians(turn)
        sheet.add(
            line(
                [(300 + r * sin(a), 430 - r * cos(a)) for r in (276, 300 if turn % 20 else 324)],
                cream,
                5,
                opacity=0.8,
            )
        )


def _star(x: float, y: float, r: float, colour: str) -> str:
    corners = [
        (
            x + (r if n % 2 == 0 else r * 0.28) * sin(n * radians(45)),
            y - (r if n % 2 == 0 else r * 0.28) * cos(n * radians(45)),
        )
        for n in range(8)
    ]
    return poly(corners, colour)


def _moon_face(shade: str, ink: str) -> str:
    craters = [
        ellipse(x, y, rx, rx * 0.8, shade, opacity=0.55)
        for x, y, rx in (
            (190, 270, 30),
            (300, 232, 20),
            (420, 590, 24),
            (118, 440, 22),
            (210, 610, 26),
            (470, 330, 20),
        )
    ]
    return group(
        *craters,
        path(
            "M128 372 C158 336 214 334 244 366",
            "none",
            stroke=ink,
            stroke_width=15,
            stroke_linecap="round",
        ),
        path(
            "M140 418 C164 388 212 388 234 420 C208 440 166 440 140 418 Z",
            "#fffaf0",
            stroke=ink,
            stroke_width=8,
        ),
        circle(192, 416, 15, ink),
        path(
            "M136 446 C166 466 214 464 240 444",
            "none",
            stroke=shade,
            stroke_width=9,
            stroke_linecap="round",
        ),
        *_nose_and_mouth(shade, ink),
    )


def _nose_and_mouth(shade: str, ink: str) -> list[str]:
    return [
        path(
            "M286 392 C272 446 252 480 258 498 C266 516 312 518 326 500",
            "none",
            stroke=ink,
            stroke_width=11,
            stroke_linecap="round",
        ),
        path("M192 556 C240 532 336 532 392 552 C368 616 226 626 192 556 Z", ink),
        path("M208 556 C260 544 330 544 376 554 C360 570 226 574 208 556 Z", "#fffaf0"),
        path("M254 598 C290 574 330 580 346 592 C320 610 280 612 254 598 Z", "#b8493c"),
        path(
            "M176 532 C166 552 170 572 184 584 M406 524 C420 544 418 566 404 580",
            "none",
            stroke=shade,
            stroke_width=9,
            stroke_linecap="round",
        ),
    ]


def _shell(ink: str, brass: str, cream: str) -> str:
    drips = path(
        "M318 444 C316 480 330 492 336 520 C344 500 352 492 356 470 C364 496 372 520 "
        "384 548 C392 516 396 494 400 458 Z",
        "#c0402f",
    )
    body = group(
        rect(-62, -176, 124, 176, brass, stroke=ink, stroke_width=8),
        path(
            "M-62 0 C-62 40 -30 78 0 92 C30 78 62 40 62 0 Z", "#8c5a17", stroke=ink, stroke_width=8
        ),
        rect(-74, -200, 148, 30, ink, rx=6),
        rect(-62, -104, 124, 13, ink),
        rect(-40, -160, 20, 176, cream, opacity=0.5),
        circle(22, -52, 21, cream, stroke=ink, stroke_width=8),
        *(circle(x, -136, 5, ink) for x in (-48, -16, 16, 48)),
        transform="translate(404 380) rotate(42)",
    )
    return group(circle(356, 418, 62, ink), drips, body)


def the_general() -> str:
    """Draw the locomotive coming on, with its driver on the cowcatcher."""
    navy, cream, brick, gold = "#16233b", "#f5ead2", "#c8442b", "#f0b23e"
    sheet = Sheet("general", "#e98a3a")
    sheet.add(rect(0, 0, 600, 900, sheet.linear((0, "#d9582f"), (0.55, gold), (0.8, "#f7dfa3"))))
    sheet.add(circle(300, 500, 268, cream, opacity=0.55))
    sheet.add(poly([(0, 720), (170, 660), (430, 650), (600, 700), (600, 900), (0, 900)], "#8a4a2b"))
    sheet.add(
        *(
            poly(
                [
                    (300 - 40 - n * 34, 690 + n * 30),
                    (340 + n * 34, 690 + n * 30),
                    (340 + n * 38, 702 + n * 30),
                    (260 - n * 38, 702 + n * 30),
                ],
                "#4f2a1c",
            )
            for n in range(8)
        )
    )
    _steam(sheet, cream)
    sheet.add(
        *_engine(navy, cream, brick, gold),
        *_catcher(navy, cream, brick, gold),
        _driver(navy, cream),
    )
    sheet.add(words("THE GENERAL", 300, 118, room=540, fill=navy, tracking=-0.01))
    sheet.add(
        rect(0, 850, 600, 50, navy),
        credit("1926", 30, 884, fill=cream, anchor="start"),
        credit("BRUCKMAN & KEATON", 570, 884, fill=cream, anchor="end"),
    )
    return sheet.svg()


def _steam(sheet: Sheet, cream: str) -> None:
    for x, y, r in (
        (330, 206, 64),
        (400, 176, 76),
        (480, 206, 84),
        (560, 166, 92),
        (270, 222, 46),
        (610, 260, 80),
        (440, 246, 54),
        (540, 268, 58),
    ):
        sheet.add(circle(x, y + 14, r, "#cfc3ad"))
    for x, y, r in (
        (326, 198, 58),
        (396, 168, 70),
        (478, 194, 78),
        (560, 156, 88),
        (268, 216, 40),
        (612, 250, 74),
        (444, 236, 46),
        (536, 256, 50),
    ):
        sheet.add(circle(x, y + 10, r, cream))


def _engine(navy: str, cream: str, brick: str, gold: str) -> list[str]:
    return [
        poly([(262, 380), (338, 380), (330, 300), (376, 216), (224, 216), (270, 300)], navy),
        rect(214, 200, 172, 22, brick, rx=6),
        rect(84, 470, 60, 170, navy, rx=10),
        rect(456, 470, 60, 170, navy, rx=10),
        rect(96, 486, 36, 60, gold),
        rect(468, 486, 36, 60, gold),
        circle(300, 510, 168, navy),
        circle(300, 510, 150, brick),
        circle(300, 510, 136, navy),
        circle(300, 510, 102, "none", stroke=gold, stroke_width=5),
        *(
            circle(300 + 119 * sin(radians(a)), 510 - 119 * cos(radians(a)), 6, gold)
            for a in range(0, 360, 20)
        ),
        words("3", 300, 556, size=132, fill=gold),
        circle(300, 356, 52, navy),
        circle(300, 356, 42, gold),
        circle(300, 356, 26, cream),
        *(
            line(
                [(300 + r * sin(radians(a)), 356 - r * cos(radians(a))) for r in (62, 92)],
                cream,
                5,
                stroke_linecap="round",
            )
            for a in (-110, -80, 80, 110)
        ),
    ]


def _catcher(navy: str, cream: str, brick: str, gold: str) -> list[str]:
    slats = [
        poly(
            [
                (300 + x * 0.62 - 5, 716),
                (300 + x * 0.62 + 5, 716),
                (300 + x + 9, 868),
                (300 + x - 9, 868),
            ],
            cream,
        )
        for x in range(-220, 221, 40)
    ]
    return [
        rect(90, 648, 420, 62, brick, rx=8),
        rect(90, 672, 420, 10, gold),
        circle(140, 679, 30, navy),
        circle(460, 679, 30, navy),
        circle(140, 679, 15, gold),
        circle(460, 679, 15, gold),
        poly([(150, 706), (450, 706), (540, 872), (60, 872)], navy),
        *slats,
        rect(52, 862, 496, 38, navy),
    ]


def _driver(navy: str, cream: str) -> str:
    return group(
        rect(-150, 20, 300, 24, "#7b4a26", stroke=navy, stroke_width=5),
        path(
            "M-34 74 C-40 20 -32 -18 0 -22 C32 -18 40 20 34 74 Z",
            "#5d7590",
            stroke=navy,
            stroke_width=6,
        ),
        line([(-30, 0), (-66, 24)], navy, 15, stroke_linecap="round"),
        line([(30, 0), (66, 24)], navy, 15, stroke_linecap="round"),
        circle(0, -46, 27, cream, stroke=navy, stroke_width=6),
        path("M-26 -52 C-22 -30 -10 -24 -24 -20 Z M26 -52 C22 -30 10 -24 24 -20 Z", navy),
        circle(-9, -46, 4, navy),
        circle(9, -46, 4, navy),
        line([(-8, -31), (8, -31)], navy, 4),
        path("M-30 -60 C-30 -86 30 -86 30 -60 L40 -54 L-34 -54 Z", navy),
        path("M-30 70 L-46 130 L-14 130 L0 84 L14 130 L46 130 L30 70 Z", navy),
        transform="translate(300 700)",
    )
