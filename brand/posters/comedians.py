"""Posters of the comedians: the Kid, the Gold Rush and Sherlock Jr."""

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


def the_kid() -> str:
    """Draw the tramp and the child in the light of a doorway."""
    brick, mortar, gold, cream, ink = "#2b4a63", "#22394e", "#f4b946", "#fbeecb", "#15161b"
    sheet = Sheet("kid", brick)
    bricks = sheet.pattern(
        72,
        56,
        rect(0, 0, 72, 56, brick),
        *(rect(x, y, 66, 22, "#335672") for x, y in ((3, 3), (-33, 31), (39, 31))),
    )
    sheet.add(rect(0, 0, 600, 700, bricks))
    sheet.add(rect(0, 690, 600, 210, mortar))
    sheet.add(
        rect(132, 236, 336, 460, ink),
        rect(150, 254, 300, 442, sheet.linear((0, gold), (1, "#fbd987"))),
    )
    sheet.add(
        poly([(150, 696), (450, 696), (600, 900), (0, 900)], gold),
        poly([(150, 696), (450, 696), (470, 722), (130, 722)], cream),
    )
    sheet.add(
        poly([(206, 696), (300, 696), (300, 900), (60, 900)], mortar, opacity=0.85),
        poly([(352, 696), (406, 696), (520, 900), (404, 900)], mortar, opacity=0.85),
    )
    sheet.add(
        _tramp(ink), _child(ink), line([(322, 540), (352, 566)], ink, 17, stroke_linecap="round")
    )
    sheet.add(_broken_pane(ink, cream, gold))
    sheet.add(words("THE KID", 300, 166, room=500, fill=cream))
    sheet.add(credit("1921  ·  CHARLES CHAPLIN", 300, 216, fill=gold, size=29))
    return sheet.svg()


def _tramp(ink: str) -> str:
    return group(
        ellipse(256, 330, 62, 11, ink),
        path("M214 332 C212 272 300 272 298 332 Z", ink),
        rect(214, 318, 84, 9, "#5b6b7c"),
        circle(256, 358, 29, ink),
        path("M222 344 C212 358 220 378 232 378 M290 344 C300 358 292 378 280 378", ink),
        path(
            "M232 384 C206 392 200 420 200 452 L194 540 L212 546 L222 468 L224 542 "
            "L206 682 L168 690 L166 700 L240 700 L256 570 L274 700 L346 700 L344 690 "
            "L306 682 L290 542 L292 468 L310 548 L330 540 L312 452 C312 420 306 392 "
            "280 384 Z",
            ink,
        ),
        line([(198, 540), (186, 696)], ink, 6),
        path("M198 544 C194 516 172 516 172 538", "none", stroke=ink, stroke_width=6),
    )


def _child(ink: str) -> str:
    return group(
        path(
            "M338 478 C336 446 352 436 376 436 C400 436 416 448 414 468 L430 478 L428 "
            "484 L340 484 Z",
            ink,
        ),
        circle(376, 498, 25, ink),
        path(
            "M356 518 C340 526 334 550 334 570 L350 576 L356 560 L352 636 L346 688 "
            "L330 694 L330 700 L372 700 L376 640 L382 700 L424 700 L424 694 L408 688 "
            "L400 636 L396 560 L404 596 L420 592 L416 556 C412 532 406 524 394 518 Z",
            ink,
        ),
        line([(362, 540), (388, 620)], "#f4b946", 5),
    )


def _broken_pane(ink: str, cream: str, gold: str) -> str:
    return group(
        rect(0, 0, 84, 112, ink),
        rect(8, 8, 68, 96, gold),
        poly(
            [
                (40, 56),
                (14, 14),
                (34, 40),
                (44, 8),
                (48, 42),
                (74, 26),
                (54, 54),
                (76, 84),
                (48, 68),
                (42, 102),
                (36, 66),
                (10, 80),
                (32, 58),
            ],
            ink,
        ),
        line([(42, 8), (42, 104)], ink, 5, opacity=0.4),
        line([(8, 56), (76, 56)], ink, 5, opacity=0.4),
        circle(42, 200, 13, cream, stroke=ink, stroke_width=4),
        transform="translate(490 330)",
    )


def the_gold_rush() -> str:
    """Draw the cabin on the edge and the prospector below the mountains."""
    ice, snow, blue, ink, gold = "#bfe0ea", "#fdfbf3", "#2c5f86", "#172033", "#f1b32b"
    sheet = Sheet("gold-rush", ice)
    sheet.add(rect(0, 0, 600, 900, sheet.linear((0, "#6fb0cc"), (0.7, "#e8f3ee"))))
    sheet.add(
        circle(424, 330, 150, gold),
        circle(424, 330, 150, sheet.pattern(11, 11, rect(0, 0, 11, 3, "#f7d070")), opacity=0.8),
    )
    _mountains(sheet, snow, blue)
    sheet.add(poly([(300, 900), (340, 900), (376, 812), (600, 870), (600, 900)], ink))
    sheet.add(_cabin(ink, snow, gold), line([(172, 574), (232, 548)], ink, 5))
    sheet.add(_prospector(ink))
    for u, v, size in scattered(90):
        sheet.add(circle(u * 600, 200 + v * 700, 1.5 + size * 4, snow, opacity=0.9))
    sheet.add(
        words("THE GOLD", 36, 114, size=118, fill=ink, anchor="start", tracking=-0.01),
        words("RUSH", 36, 216, size=118, fill=snow, anchor="start"),
    )
    sheet.add(
        credit("1925", 30, 836, fill=ink, anchor="start"),
        credit("CHARLES CHAPLIN", 30, 872, fill=ink, anchor="start", size=24),
    )
    return sheet.svg()


def _mountains(sheet: Sheet, snow: str, blue: str) -> None:
    sheet.add(
        poly(
            [(-20, 640), (120, 330), (204, 452), (310, 260), (470, 600), (520, 520), (640, 700)],
            blue,
        )
    )
    sheet.add(
        poly([(120, 330), (78, 422), (112, 400), (132, 436), (156, 404), (180, 418)], snow),
        poly([(310, 260), (256, 358), (292, 340), (318, 384), (342, 346), (366, 374)], snow),
    )
    sheet.add(
        poly([(380, 560), (520, 430), (640, 570), (640, 720), (380, 720)], "#4d86a8"),
        poly([(520, 430), (478, 470), (512, 462), (530, 490), (548, 458)], snow),
    )
    sheet.add(
        path(
            "M0 600 C120 560 230 590 352 606 L330 640 L352 690 L316 740 L338 800 L300 900 L0 900 Z",
            snow,
        )
    )
    sheet.add(
        path(
            "M352 606 L330 640 L352 690 L316 740 L338 800 L300 900 L340 900 L376 812 "
            "L352 746 L388 694 L364 644 Z",
            "#a9c8d6",
        )
    )


def _cabin(ink: str, snow: str, gold: str) -> str:
    logs = [
        rect(-110, y, 220, 22, "#7a4a28", rx=11, stroke=ink, stroke_width=4)
        for y in range(-130, 4, 22)
    ]
    return group(
        *logs,
        poly([(-150, -128), (0, -226), (150, -128)], ink),
        path(
            "M-162 -126 C-150 -150 -10 -246 0 -246 C10 -246 150 -150 162 -126 C140 "
            "-112 124 -132 100 -140 C60 -156 30 -196 0 -200 C-30 -196 -60 -156 -100 "
            "-140 C-124 -132 -140 -112 -162 -126 Z",
            snow,
            stroke=ink,
            stroke_width=4,
        ),
        rect(62, -250, 28, 66, ink),
        rect(-84, -92, 56, 50, gold, stroke=ink, stroke_width=6),
        line([(-56, -92), (-56, -42)], ink, 5),
        rect(24, -104, 60, 126, ink),
        rect(32, -96, 44, 118, gold),
        path(
            "M54 22 V-30 M54 -24 L30 -2 M54 -24 L80 -6 M54 20 L42 56 M54 20 L68 54",
            "none",
            stroke=ink,
            stroke_width=9,
            stroke_linecap="round",
        ),
        circle(54, -46, 13, ink),
        ellipse(54, -56, 19, 4, ink),
        path("M42 -56 C42 -76 66 -76 66 -56 Z", ink),
        transform="translate(344 594) rotate(17)",
    )


def _prospector(ink: str) -> str:
    return group(
        ellipse(0, -92, 26, 5, ink),
        path("M-17 -92 C-17 -120 17 -120 17 -92 Z", ink),
        circle(0, -78, 15, ink),
        path(
            "M-15 -62 C-24 -30 -22 -10 -26 26 L-40 66 L-56 70 L-54 76 L-22 76 L0 26 "
            "L18 76 L50 76 L50 70 L34 66 L22 24 C24 -8 24 -40 15 -62 Z",
            ink,
        ),
        path("M-20 -58 C-56 -58 -58 -2 -28 2 Z", ink),
        line([(18, -40), (44, -16), (58, -22)], ink, 10, stroke_linejoin="round"),
        line([(58, -30), (70, 72)], ink, 5),
        transform="translate(104 650)",
    )


def sherlock_jr() -> str:
    """Draw the projectionist who steps into the picture, under a magnifying glass."""
    dark, beam, cream, red, ink = "#1d1a2b", "#f7edd0", "#f6e9c9", "#c9342c", "#121019"
    sheet = Sheet("sherlock", dark)
    curtain = sheet.pattern(
        40,
        900,
        rect(0, 0, 40, 900, "#8e1f28"),
        rect(0, 0, 12, 900, red),
        rect(28, 0, 12, 900, "#6d1620"),
    )
    sheet.add(
        rect(0, 250, 600, 440, curtain),
        rect(62, 282, 476, 350, ink),
        rect(76, 296, 448, 322, cream),
    )
    sheet.add(_picture(sheet))
    sheet.add(
        path(
            "M0 250 H600 V292 C560 330 540 288 500 300 C460 330 440 288 400 300 C360 "
            "330 340 288 300 300 C260 330 240 288 200 300 C160 330 140 288 100 300 C60 "
            "330 40 288 0 292 Z",
            red,
        )
    )
    sheet.add(poly([(300, 900), (76, 618), (524, 618)], beam, opacity=0.16))
    sheet.add(rect(0, 650, 600, 46, "#4a1018"), rect(0, 650, 600, 7, "#e0a044"))
    sheet.add(_stepping(ink, cream))
    _audience(sheet, ink)
    sheet.add(*_title(cream, red))
    sheet.add(credit("1924  ·  BUSTER KEATON", 300, 876, fill=cream, size=27))
    return sheet.svg()


def _audience(sheet: Sheet, ink: str) -> None:
    for row, (y, size) in enumerate(((752, 0.8), (812, 1.0), (880, 1.25))):
        for column in range(-1, 10):
            sheet.add(
                path(
                    "M-34 60 V-2 C-34 -34 34 -34 34 -2 V60 Z",
                    ("#35304b", "#292539", ink)[row],
                    transform=(
                        f"translate({column * 84 * size + 30 * (row % 2) - 30 * row} "
                        f"{y}) scale({size})"
                    ),
                )
            )


def _picture(sheet: Sheet) -> str:
    return sheet.clipped(
        rect(76, 296, 448, 322),
        rect(76, 296, 448, 322, "#d8c79c"),
        circle(420, 380, 44, "#f6e9c9"),
        poly(
            [(76, 540), (180, 440), (260, 520), (350, 410), (524, 560), (524, 620), (76, 620)],
            "#8d8468",
        ),
        poly([(76, 580), (300, 540), (524, 584), (524, 620), (76, 620)], "#5f5a4c"),
        *(line([(x, 296), (x + 14, 618)], "#fff8e2", 2, opacity=0.6) for x in (150, 250, 470)),
    )


def _stepping(ink: str, cream: str) -> str:
    return group(
        path(
            "M-42 -250 C-42 -258 42 -258 46 -250 L42 -244 L-38 -244 Z M-26 -252 L-22 "
            "-282 L26 -282 L30 -252 Z",
            ink,
        ),
        circle(4, -224, 27, ink),
        path(
            "M-22 -196 C-44 -186 -48 -150 -50 -120 L-74 -74 L-60 -64 L-30 -110 L-30 "
            "-60 L-46 26 L-78 74 L-92 78 L-88 88 L-52 88 L-16 24 L4 -40 L34 -6 L46 60 "
            "L36 66 L40 76 L80 74 L82 66 L64 -24 L34 -70 L36 -126 L62 -98 L98 -112 L94 "
            "-128 L66 -118 L44 -164 C36 -188 26 -196 18 -198 Z",
            ink,
        ),
        poly([(-6, -196), (14, -198), (6, -150)], cream),
        transform="translate(296 612)",
    )


def _title(cream: str, red: str) -> list[str]:
    glass = group(
        line([(34, 36), (78, 82)], cream, 21, stroke_linecap="round"),
        circle(0, 0, 46, cream),
        circle(0, 0, 33, "#2b2740"),
        path(
            "M-20 -10 A24 24 0 0 1 4 -24",
            "none",
            stroke=cream,
            stroke_width=6,
            stroke_linecap="round",
        ),
        ellipse(0, 8, 19, 9, cream),
        circle(0, 8, 8, red),
    )
    return [
        words("SHERL", 34, 126, size=118, fill=cream, anchor="start"),
        words("CK", 566, 126, size=118, fill=cream, anchor="end"),
        group(glass, transform="translate(382 86) scale(.84)"),
        words("JR.", 566, 226, size=104, fill=red, anchor="end"),
    ]
