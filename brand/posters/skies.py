"""Posters under an open sky: Safety Last!, Sunrise, and Steamboat Bill, Jr."""

from math import cos, radians, sin

from brand.posters.sheet import Sheet, circle, credit, ellipse, group, line, path, poly, rect, words


def safety_last() -> str:
    """Draw the man who hangs from the hand of the clock, high above the street."""
    sky, cream, ink, red = "#7cc4c9", "#fbf1d9", "#16181d", "#d8402b"
    sheet = Sheet("safety-last", sky)
    sheet.add(rect(0, 0, 600, 900, sheet.linear((0, "#58aab6"), (0.7, "#bfe2d4"), (1, "#f3e6bd"))))
    sheet.add(*_street(cream, ink, red))
    wall = sheet.linear((0, "#f2dfb4"), (1, "#d9b679"), along=(0, 0, 1, 0))
    sheet.add(poly([(600, 0), (236, 0), (330, 900), (600, 900)], wall))
    for row in range(7):
        y = 330 + row * 96
        inset = 236 + y * 0.104 + 40
        for column in range(3):
            sheet.add(
                rect(inset + column * 102, y, 58, 64, "#3a5560"),
                rect(inset + column * 102, y + 30, 58, 5, cream),
            )
    _clock(sheet, cream, ink, red)
    sheet.add(_hanging(ink, cream, red))
    sheet.add(words("SAFETY", 40, 128, size=132, fill=ink, anchor="start", tracking=-0.01))
    sheet.add(words("LAST!", 40, 248, size=132, fill=red, anchor="start", tracking=-0.01))
    sheet.add(rect(0, 850, 600, 50, ink))
    sheet.add(credit("1923", 30, 884, fill=cream, anchor="start", size=26))
    sheet.add(credit("NEWMEYER & TAYLOR", 570, 884, fill=cream, anchor="end", size=26))
    return sheet.svg()


def _clock(sheet: Sheet, cream: str, ink: str, red: str) -> None:
    sheet.add(
        circle(392, 452, 196, ink),
        circle(392, 452, 182, cream),
        circle(392, 452, 166, "none", stroke=ink, stroke_width=3),
    )
    for hour in range(12):
        turn = radians(hour * 30)
        reach = 130 if hour % 3 == 0 else 142
        sheet.add(
            line(
                [(392 + d * sin(turn), 452 - d * cos(turn)) for d in (reach, 160)],
                ink,
                13 if hour % 3 == 0 else 7,
            )
        )
    sheet.add(poly([(380, 448), (310, 344), (404, 446)], ink, stroke=ink, stroke_width=8))
    sheet.add(
        poly(
            [(392, 438), (396, 466), (196, 536), (196, 528)],
            ink,
            stroke=ink,
            stroke_width=7,
            stroke_linejoin="round",
        ),
        circle(392, 452, 19, red),
    )


def _street(cream: str, ink: str, red: str) -> list[str]:
    drawn = [
        poly([(0, 900), (0, 700), (110, 622), (190, 900)], "#8d9a8c"),
        poly([(60, 900), (128, 622), (136, 622), (210, 900)], cream),
    ]
    for x, top, width in ((-10, 430, 64), (44, 500, 50), (84, 560, 40)):
        drawn.append(rect(x, top, width, 400, "#4c7f88", opacity=0.55))
    drawn.append(poly([(0, 900), (30, 780), (118, 650), (160, 650), (300, 900)], "#6f7d76"))
    for x, y, size in (
        (128, 690, 0.5),
        (100, 744, 0.8),
        (158, 780, 0.9),
        (70, 846, 1.3),
        (190, 862, 1.3),
    ):
        drawn.append(
            group(
                rect(-16, -8, 32, 15, ink, rx=4),
                rect(-8, -15, 17, 9, red, rx=2),
                circle(-9, 8, 5, cream),
                circle(9, 8, 5, cream),
                transform=f"translate({x} {y}) scale({size})",
            )
        )
    return drawn


def _hanging(ink: str, cream: str, red: str) -> str:
    return group(
        line(
            [(214, 532), (214, 580), (232, 640)],
            ink,
            19,
            stroke_linejoin="round",
            stroke_linecap="round",
        ),
        line(
            [(256, 518), (268, 576), (256, 640)],
            ink,
            19,
            stroke_linejoin="round",
            stroke_linecap="round",
        ),
        path("M222 632 L268 632 L274 740 L216 740 Z", ink),
        line([(232, 730), (214, 800), (188, 846)], ink, 24, stroke_linejoin="round"),
        line([(258, 730), (270, 800), (254, 856)], ink, 24, stroke_linejoin="round"),
        poly([(178, 838), (158, 856), (196, 868), (204, 850)], ink),
        poly([(242, 850), (236, 874), (284, 872), (266, 852)], ink),
        circle(240, 604, 32, "#f0c9a0"),
        circle(228, 604, 10, cream, stroke=ink, stroke_width=4),
        circle(253, 604, 10, cream, stroke=ink, stroke_width=4),
        line([(234, 623), (246, 623)], ink, 4),
        ellipse(240, 578, 50, 9, "#f6d98c", stroke=ink, stroke_width=3),
        rect(212, 546, 56, 30, "#f6d98c", rx=4, stroke=ink, stroke_width=3),
        rect(212, 562, 56, 11, red),
        poly([(240, 642), (222, 634), (222, 654), (240, 644), (258, 654), (258, 634)], cream),
        circle(214, 530, 12, "#f0c9a0"),
        circle(256, 516, 12, "#f0c9a0"),
    )


def sunrise() -> str:
    """Draw the boat between the city and the reeds, with the sun coming up behind it."""
    plum, rose, orange, peach, cream = "#2d1638", "#a53860", "#ef6f3c", "#fbb45d", "#fff0cf"
    sheet = Sheet("sunrise", plum)
    sheet.add(
        rect(0, 0, 600, 600, sheet.linear((0, "#3b1c4d"), (0.5, rose), (0.86, orange), (1, peach)))
    )
    for turn in range(-84, 85, 12):
        ends = [
            (300 + 820 * sin(radians(turn + side)), 590 - 820 * cos(radians(turn + side)))
            for side in (-3, 3)
        ]
        sheet.add(poly([(300, 590), *ends], peach, opacity=0.2))
    for radius, colour in ((216, orange), (176, peach), (134, "#ffd98b"), (92, cream)):
        sheet.add(
            path(f"M{300 - radius} 592 A{radius} {radius} 0 0 1 {300 + radius} 592 Z", colour)
        )
    sheet.add(*_skyline(plum, peach))
    sheet.add(rect(0, 590, 600, 310, sheet.linear((0, rose), (0.4, "#5a2350"), (1, plum))))
    for number in range(11):
        y, half = 606 + number * 22, 170 - number * 9 + (number % 3) * 26
        sheet.add(
            rect(
                300 - half,
                y,
                2 * half,
                5 + number * 0.4,
                peach if number % 2 else cream,
                opacity=0.9 - number * 0.055,
            )
        )
    sheet.add(*_reeds(plum), _boat(plum))
    sheet.add(words("SUNRISE", 300, 168, room=520, fill=cream, stretch=1.1))
    sheet.add(
        words(
            "A SONG OF TWO HUMANS", 300, 214, room=520, weight="semibold", tracking=0.05, fill=peach
        )
    )
    sheet.add(credit("1927  ·  F. W. MURNAU", 300, 868, fill=cream))
    return sheet.svg()


def _skyline(plum: str, lit: str) -> list[str]:
    drawn = []
    for x, top, width in (
        (-6, 440, 58),
        (46, 374, 46),
        (86, 470, 50),
        (130, 420, 34),
        (160, 520, 60),
    ):
        drawn.append(rect(x, top, width, 594 - top, plum))
        drawn += [
            rect(x + 9 + 14 * (n % 2), top + 18 + 22 * n, 7, 10, lit)
            for n in range(int((560 - top) / 22))
        ]
    drawn.append(poly([(60, 376), (69, 320), (78, 376)], plum))
    return drawn


def _reeds(plum: str) -> list[str]:
    drawn = [path("M392 594 C450 560 520 548 600 540 V596 Z", plum)]
    for number in range(15):
        x, height = 452 + number * 10.6, 150 + (number * 37 % 11) * 15
        lean = -14 + (number * 5 % 7) * 4
        drawn.append(
            line(
                [(x, 600), (x + lean * 0.3, 600 - height * 0.6), (x + lean, 600 - height)], plum, 4
            )
        )
        if number % 3 == 0:
            drawn.append(ellipse(x + lean, 600 - height, 6, 24, plum))
    return drawn


def _boat(plum: str) -> str:
    hull = path(
        "M176 716 C250 742 350 742 424 716 C414 760 384 780 300 780 C216 780 186 760 176 716 Z",
        plum,
    )
    rower = path(
        "M236 726 C234 690 246 668 262 664 A20 20 0 1 1 284 662 C300 676 304 706 306 726 Z", plum
    )
    wife = path(
        "M332 726 C330 694 340 676 352 670 A18 18 0 1 1 372 668 C388 684 392 710 392 726 Z", plum
    )
    hat = ellipse(360, 638, 29, 8, plum)
    return group(
        hull, rower, wife, hat, line([(290, 690), (180, 800)], plum, 8, stroke_linecap="round")
    )


def steamboat_bill_jr() -> str:
    """Draw the front of the house that falls around the man at its window."""
    teal, cream, coral, ink = "#1f5560", "#f6ead0", "#e2603f", "#14191c"
    sheet = Sheet("steamboat", teal)
    sheet.add(rect(0, 0, 600, 900, sheet.linear((0, "#15343f"), (0.5, "#2c727b"), (1, "#7fb1a5"))))
    for number in range(9):
        y = 60 + number * 82
        bend = 50 + (number * 37 % 60)
        sheet.add(
            path(
                f"M-20 {y} C140 {y - bend} 260 {y + bend} 420 {y - 10} S560 "
                f"{y - 66} 486 {y - 70} S430 {y - 20} 640 {y + 20}",
                "none",
                stroke="#9fcabd",
                stroke_width=5,
                opacity=0.5,
                stroke_linecap="round",
            )
        )
    sheet.add(poly([(0, 900), (0, 722), (600, 700), (600, 900)], "#5a3a26"))
    boards = sheet.pattern(600, 25, rect(0, 0, 600, 25, cream), rect(0, 21, 600, 4, "#cdbb97"))
    sheet.add(_front(boards, cream, coral, ink))
    _flying_planks(sheet)
    sheet.add(_standing(ink, cream))
    sheet.add(rect(0, 764, 600, 136, ink))
    sheet.add(words("STEAMBOAT", 36, 140, room=528, anchor="start", fill=cream))
    sheet.add(words("BILL, JR.", 36, 848, room=310, anchor="start", fill=coral))
    sheet.add(
        credit("1928", 566, 826, fill=cream, anchor="end", size=24),
        credit("CHARLES REISNER", 566, 856, fill=cream, anchor="end", size=21),
    )
    return sheet.svg()


def _flying_planks(sheet: Sheet) -> None:
    for x, y, turn, length in (
        (60, 300, 30, 96),
        (548, 250, -40, 110),
        (530, 420, 20, 70),
        (40, 470, -55, 80),
        (100, 210, -12, 60),
        (470, 180, 62, 60),
    ):
        sheet.add(
            rect(
                -length / 2,
                -8,
                length,
                16,
                "#c99a62",
                transform=f"translate({x} {y}) rotate({turn})",
            )
        )


def _front(boards: str, cream: str, coral: str, ink: str) -> str:
    gable = "M-196 -170 L0 -330 L196 -170 L196 250 L-196 250 Z"
    hole = "M-58 -176 H58 V52 H-58 Z"
    return group(
        path(
            f"{gable} {hole}",
            "#0d1a1f",
            fill_rule="evenodd",
            transform="translate(18 22)",
            opacity=0.4,
        ),
        path(
            f"{gable} {hole}",
            boards,
            fill_rule="evenodd",
            stroke=ink,
            stroke_width=8,
            stroke_linejoin="round",
        ),
        path(
            "M-222 -152 L0 -334 L222 -152",
            "none",
            stroke=coral,
            stroke_width=26,
            stroke_linejoin="round",
            stroke_linecap="round",
        ),
        path(hole, "none", stroke=coral, stroke_width=16),
        *(
            group(
                rect(x, 110, 74, 112, "#2a4a52", stroke=ink, stroke_width=7),
                rect(x + 34, 110, 6, 112, cream),
                rect(x, 162, 74, 6, cream),
            )
            for x in (-160, 86)
        ),
        rect(-44, 98, 88, 152, coral, stroke=ink, stroke_width=7),
        circle(28, 176, 6, ink),
        transform="translate(300 524) rotate(-9)",
    )


def _standing(ink: str, cream: str) -> str:
    return group(
        path("M-30 130 L-34 -20 C-36 -58 36 -58 34 -20 L30 130 L6 130 L0 30 L-6 130 Z", ink),
        line([(-32, -34), (-46, 34)], ink, 17, stroke_linecap="round"),
        line([(32, -34), (46, 34)], ink, 17, stroke_linecap="round"),
        poly([(-9, -54), (9, -54), (0, -14)], cream),
        circle(0, -82, 29, "#f2d0a9"),
        circle(-10, -84, 4, ink),
        circle(10, -84, 4, ink),
        line([(-8, -66), (8, -66)], ink, 4),
        path("M-31 -92 C-28 -122 28 -122 31 -92 Z", ink),
        poly([(-40, 130), (-4, 130), (-4, 142), (-46, 142)], ink),
        poly([(40, 130), (4, 130), (4, 142), (46, 142)], ink),
        transform="translate(292 490) scale(.86)",
    )
