"""Posters of the talking films: His Girl Friday, Charade, and Night of the Living Dead."""

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


def his_girl_friday() -> str:
    """Draw two telephones in hats that quarrel over a front page; their cord ties a heart."""
    paper, ink, red, mustard = "#f3ead6", "#17171a", "#d5322d", "#f0b429"
    sheet = Sheet("friday", paper)
    dots = sheet.pattern(14, 14, circle(7, 7, 3.4, "#e0a01f"), turn=30)
    sheet.add(rect(0, 0, 600, 900, mustard), rect(0, 0, 600, 900, dots))
    sheet.add(_front_page(paper, ink))
    sheet.add(_telephone(ink, paper, red, side=-1), _telephone(ink, paper, red, side=1))
    sheet.add(_fedora(ink, mustard), _striped_hat(red, paper, ink))
    sheet.add(_cord(red))
    sheet.add(rect(0, 838, 600, 62, ink))
    sheet.add(credit("1940", 30, 880, fill=paper, anchor="start", size=28))
    sheet.add(credit("HOWARD HAWKS", 570, 880, fill=paper, anchor="end", size=28))
    return sheet.svg()


def _front_page(paper: str, ink: str) -> str:
    columns = [
        rect(x, y, 116 if (x + y) % 3 else 92, 7, ink, opacity=0.28)
        for x in (34, 172, 310, 448)
        for y in range(330, 760, 17)
    ]
    return group(
        poly([(-20, 24), (610, -12), (640, 800), (10, 836)], "#c98c12"),
        poly([(-20, 8), (620, -30), (640, 780), (0, 818)], paper),
        group(
            words("HIS GIRL", 300, 132, room=520, fill=ink),
            words("FRIDAY", 300, 272, room=520, fill=ink, stretch=0.94),
            rect(34, 290, 532, 5, ink),
            rect(34, 300, 532, 2, ink),
            *columns,
            transform="rotate(-3 300 400)",
        ),
    )


def _telephone(ink: str, paper: str, red: str, *, side: int) -> str:
    """Draw a candlestick telephone that leans in and shouts; side -1 is the left one."""
    return group(
        path("M-96 800 C-96 768 -60 756 -34 752 L34 752 C60 756 96 768 96 800 Z", ink),
        rect(-100, 794, 200, 22, ink, rx=10),
        path("M-22 756 L-17 560 H17 L22 756 Z", ink),
        ellipse(0, 664, 40, 12, ink),
        rect(-44, 520, 88, 52, ink, rx=20),
        path("M20 546 L66 560 L66 578 L14 572 Z", ink),
        # The mouthpiece is the mouth.
        path("M20 500 L96 440 L132 546 L44 560 Z", ink),
        ellipse(116, 494, 26, 60, ink, transform="rotate(-17 116 494)"),
        ellipse(119, 493, 18, 46, red, transform="rotate(-17 119 493)"),
        ellipse(124, 492, 9, 28, ink, transform="rotate(-17 124 492)"),
        path("M-44 540 C-92 520 -104 470 -92 420", "none", stroke=ink, stroke_width=15),
        rect(-118, 372, 54, 128, ink, rx=18),
        rect(-128, 360, 74, 30, ink, rx=10),
        rect(-108, 490, 34, 46, ink, rx=8),
        circle(0, 490, 56, ink),
        path("M6 462 Q28 448 46 466", "none", stroke=paper, stroke_width=8, stroke_linecap="round"),
        circle(26, 484, 12, paper),
        circle(30, 486, 6, ink),
        transform=f"translate({300 + side * 158} 8) scale({-side} 1) rotate(4 0 800)",
    )


def _fedora(ink: str, band: str) -> str:
    return group(
        path("M-80 0 C-86 -66 -66 -108 -22 -104 C0 -92 6 -92 24 -104 C66 -106 82 -62 80 0 Z", ink),
        path("M-80 0 L-78 -26 C-30 -12 32 -12 78 -26 L80 0 Z", band),
        path("M-130 10 C-90 -14 90 -14 130 4 C96 34 -92 36 -130 10 Z", ink),
        transform="translate(154 448) rotate(9)",
    )


def _striped_hat(red: str, paper: str, ink: str) -> str:
    return group(
        path("M-70 8 C-76 -46 -46 -78 0 -78 C46 -78 76 -46 70 8 Z", paper),
        *(
            path(
                f"M{x} 8 C{x * 1.05} -40 {x * 0.7} -70 {x * 0.42} -76",
                "none",
                stroke=red,
                stroke_width=11,
            )
            for x in (-56, -28, 0, 28, 56)
        ),
        ellipse(0, 12, 92, 17, ink),
        path("M52 -30 C84 -88 112 -112 150 -116 C136 -76 108 -44 64 -18 Z", red),
        line([(58, -26), (136, -104)], paper, 4),
        transform="translate(446 446) rotate(-9)",
    )


def _cord(red: str) -> str:
    """Draw the one cord of both telephones; on its way it ties a heart."""
    return path(
        "M142 812 C190 880 240 812 262 770 C276 742 296 716 300 690 C306 650 250 600 226 640 "
        "C206 676 262 726 300 762 C338 726 394 676 374 640 C350 600 294 650 300 690 "
        "C304 716 324 742 338 770 C360 812 410 880 458 812",
        "none",
        stroke=red,
        stroke_width=11,
        stroke_linecap="round",
    )


def charade() -> str:
    """Draw the stamp that everybody is after, and the woman who does not know that she has it."""
    night, pink, orange, cream, ink = "#3a1c5e", "#ef3d7b", "#ff9430", "#fff1dc", "#1b0f2c"
    sheet = Sheet("charade", night)
    for step, colour in enumerate(("#4b2775", "#3a1c5e") * 7):
        sheet.add(circle(300, 470, 640 - step * 44, colour))
    sheet.add(
        group(*_stamp(sheet, pink, orange, cream=cream, ink=ink), transform="rotate(-5 300 470)")
    )
    sheet.add(*_postmark(ink))
    letters = zip("CHARADE", (pink, orange, "#ffd23e", cream, "#35c6b4", orange, pink), strict=True)
    for number, (letter, colour) in enumerate(letters):
        x = (72, 152, 232, 312, 390, 468, 540)[number]
        sheet.add(
            words(
                letter,
                x,
                130 + (number % 2) * 10,
                size=126,
                fill=colour,
                transform=f"rotate({-7 + number * 5 % 14} {x} 90)",
            )
        )
    sheet.add(credit("1963", 34, 872, fill=cream, anchor="start", size=28))
    sheet.add(credit("STANLEY DONEN", 566, 872, fill=cream, anchor="end", size=28))
    return sheet.svg()


def _stamp(sheet: Sheet, pink: str, orange: str, *, cream: str, ink: str) -> list[str]:
    left, top, right, bottom = 92, 180, 508, 800
    holes = [
        *(circle(x, y, 12, "#3a1c5e") for x in range(left + 13, right, 30) for y in (top, bottom)),
        *(circle(x, y, 12, "#3a1c5e") for y in range(top + 10, bottom, 30) for x in (left, right)),
    ]
    sky = sheet.linear((0, orange), (1, "#ffd9a0"))
    inner = rect(122, 212, 356, 556, sky)
    seen = group(
        circle(404, 316, 58, cream, opacity=0.85),
        _tower(ink),
        _woman(pink, cream, ink),
        clip_path=sheet.clip(rect(122, 212, 356, 556)),
    )
    value = words("250 000", 140, 256, size=44, fill=ink, anchor="start")
    return [rect(left, top, right - left, bottom - top, cream), *holes, inner, seen, value]


def _tower(ink: str) -> str:
    return group(
        path(
            "M0 -330 L7 -250 C14 -150 40 -60 92 40 H52 C40 4 20 -14 0 -14 C-20 -14 -40 4 -52 40 "
            "H-92 C-40 -60 -14 -150 -7 -250 Z",
            ink,
        ),
        rect(-36, -98, 72, 12, ink),
        rect(-19, -190, 38, 9, ink),
        transform="translate(184 560) scale(.9)",
        opacity=0.8,
    )


def _woman(pink: str, cream: str, ink: str) -> str:
    skin = "#ffd7b5"
    return group(
        path("M120 800 C128 706 196 664 262 654 H366 C436 664 470 706 480 800 Z", pink),
        path("M268 590 H354 L362 664 Q312 700 260 664 Z", "#f1b98f"),
        path(
            "M238 452 C238 380 388 380 388 452 C392 540 366 618 312 622 C258 618 234 540 238 452 Z",
            skin,
        ),
        # Scarf over the hair, knotted under the chin.
        path(
            "M312 352 C214 352 190 440 214 530 C222 586 248 630 288 652 L300 636 C258 610 240 540 "
            "252 470 C276 440 350 430 376 470 C388 540 366 610 324 636 L336 652 C376 630 402 586 "
            "410 530 C434 440 410 352 312 352 Z",
            cream,
        ),
        path("M288 640 L312 656 L336 640 L346 690 L312 672 L278 690 Z", cream),
        *_dots(pink),
        rect(244, 480, 62, 50, ink, rx=20),
        rect(318, 480, 62, 50, ink, rx=20),
        line([(300, 494), (324, 494)], ink, 8),
        line([(258, 518), (276, 490)], cream, 6, opacity=0.6),
        line([(332, 518), (350, 490)], cream, 6, opacity=0.6),
        path(
            "M312 530 L304 560 L314 564",
            "none",
            stroke="#d9976b",
            stroke_width=5,
            stroke_linejoin="round",
        ),
        path(
            "M286 584 C296 574 306 576 312 580 C318 576 328 574 338 584 C326 600 298 600 286 584 Z",
            "#d5264f",
        ),
    )


def _dots(pink: str) -> list[str]:
    return [
        *(
            circle(x, y, 8, pink)
            for x, y in (
                (262, 392),
                (312, 372),
                (362, 392),
                (228, 470),
                (396, 470),
                (236, 552),
                (388, 552),
                (264, 610),
                (360, 610),
            )
        ),
    ]


def _postmark(ink: str) -> list[str]:
    waves = [
        path(
            f"M-40 {700 + n * 24} q40 -26 80 0 t80 0 t80 0",
            "none",
            stroke=ink,
            stroke_width=7,
            opacity=0.75,
        )
        for n in range(4)
    ]
    ring = group(
        circle(0, 0, 84, "none", stroke=ink, stroke_width=7),
        circle(0, 0, 62, "none", stroke=ink, stroke_width=4),
        words("PARIS", 0, 11, size=32, fill=ink),
        transform="translate(470 716) rotate(-14)",
        opacity=0.8,
    )
    return [*waves, ring]


def night_of_the_living_dead() -> str:
    """Draw the boarded window from inside, and those who want to come in."""
    black, wood, acid, bone = "#0c0f0c", "#4b3a2a", "#b9d64a", "#f2f0dc"
    sheet = Sheet("living-dead", black)
    glow = sheet.radial(
        (0, "#f3ffb0"),
        (0.35, acid),
        (0.8, "#4e6b25"),
        (1, "#20301a"),
        centre=(0.5, 0.36),
        radius=0.72,
    )
    sheet.add(rect(76, 262, 448, 520, glow))
    for x, y, size, turn in ((170, 502, 1.0, -8), (432, 524, 1.05, 9), (300, 382, 1.15, 2)):
        sheet.add(_ghoul(x, y, size, turn=turn, ink=black, eye=bone))
    sheet.add(
        rect(48, 234, 504, 34, "#2a231b"),
        rect(48, 774, 504, 40, "#2a231b"),
        rect(48, 234, 34, 580, "#2a231b"),
        rect(518, 234, 34, 580, "#2a231b"),
    )
    for number, (y, lean, tone) in enumerate(
        ((316, -5, wood), (572, 4, "#5a4632"), (706, -3, wood), (440, 9, "#3f3123"))
    ):
        sheet.add(_plank(y, lean, tone, black, number=number))
    _hands(sheet, black)
    sheet.add(words("NIGHT OF THE", 300, 92, room=430, fill=acid, tracking=0.03))
    sheet.add(words("LIVING DEAD", 300, 196, room=536, fill=bone))
    for u, v, size in scattered(26, seed=4):
        sheet.add(circle(30 + u * 540, 112 + v * 90, 1 + size * 3, black))
    sheet.add(credit("1968", 48, 866, fill=bone, anchor="start", size=28))
    sheet.add(credit("GEORGE A. ROMERO", 552, 866, fill=bone, anchor="end", size=28))
    return sheet.svg()


def _hands(sheet: Sheet, black: str) -> None:
    for x, y, turn in (
        (150, 284, -6),
        (438, 421, 8),
        (112, 534, 2),
        (232, 541, 4),
        (404, 556, 5),
        (320, 668, -3),
        (470, 660, -4),
    ):
        sheet.add(_fingers(x, y, turn=turn, ink=black, skin="#a9b98a"))


def _ghoul(x: float, y: float, size: float, *, turn: float, ink: str, eye: str) -> str:
    return group(
        path("M-66 330 C-150 150 -84 96 -40 72 L40 72 C84 96 150 150 66 330 Z", ink),
        path("M-52 -10 C-60 -92 56 -96 54 -14 C56 34 36 84 4 88 C-30 86 -50 36 -52 -10 Z", ink),
        ellipse(-20, -6, 13, 9, eye),
        ellipse(24, -8, 13, 9, eye),
        circle(-17, -5, 3.5, ink),
        circle(21, -7, 3.5, ink),
        path("M-18 46 Q4 30 26 46 Q6 60 -18 46 Z", eye, opacity=0.5),
        transform=f"translate({x} {y}) rotate({turn}) scale({size})",
    )


def _plank(y: float, lean: float, tone: str, ink: str, *, number: int) -> str:
    grain = [
        path(
            f"M20 {d} C180 {d - 8 + number * 3} 360 {d + 9} 580 {d - 2}",
            "none",
            stroke=ink,
            stroke_width=3,
            opacity=0.35,
        )
        for d in (-16, 2, 18)
    ]
    nails = [
        group(circle(x, d, 6, "#15110c"), circle(x - 1.5, d - 1.5, 2.2, "#b9a98c"))
        for x in (62, 538)
        for d in (-14, 14)
    ]
    return group(
        path(
            "M14 -30 L300 -34 L590 -28 L578 2 L592 32 L300 35 L10 31 L22 4 Z",
            ink,
            transform="translate(4 9)",
            opacity=0.55,
        ),
        path("M14 -30 L300 -34 L590 -28 L578 2 L592 32 L300 35 L10 31 L22 4 Z", tone),
        *grain,
        *nails,
        transform=f"translate(0 {y}) rotate({lean} 300 0)",
    )


def _fingers(x: float, y: float, *, turn: float, ink: str, skin: str) -> str:
    """Draw four fingers that have come over the upper edge of a plank."""
    reach = ((-39, 40), (-13, 56), (13, 52), (39, 34))
    return group(
        *(
            path(
                f"M{d - 12} {long} V-4 A12 13 0 0 1 {d + 12} -4 V{long} "
                f"A12 15 0 0 1 {d - 12} {long} Z",
                skin,
                stroke=ink,
                stroke_width=5,
            )
            for d, long in reach
        ),
        *(rect(d - 7, long - 6, 14, 16, "#e9eccf", rx=6) for d, long in reach),
        *(
            path(
                f"M{d - 6} 8 q6 5 12 0 M{d - 6} 20 q6 5 12 0", "none", stroke=ink, stroke_width=2.5
            )
            for d, _ in reach
        ),
        transform=f"translate({x} {y}) rotate({turn})",
    )
