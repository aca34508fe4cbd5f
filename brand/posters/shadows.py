"""Posters of the silent horrors: Nosferatu, Caligari, the Phantom and the witches."""

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


def nosferatu() -> str:
    """Draw the shadow with the claws going up the stairs."""
    ink = "#10150f"
    sheet = Sheet("nosferatu", "#b9c08d")
    light = sheet.radial(
        (0, "#eceabf"), (0.55, "#bcc38f"), (1, "#7f8c60"), centre=(0.62, 0.36), radius=0.75
    )
    sheet.add(rect(0, 0, 600, 900, light))
    plaster = sheet.pattern(9, 9, line([(0, 4), (9, 4)], "#2f3a22", 0.8))
    sheet.add(rect(0, 0, 600, 900, plaster, opacity=0.18))
    sheet.add(_count(ink))
    sheet.add(*_banister("#28331f", "#161c12"))
    sheet.add(words("NOSFERATU", 300, 150, room=532, fill=ink, stretch=1.45))
    sheet.add(credit("1922", 40, 866, fill="#e6e6bd", anchor="start", size=27))
    sheet.add(credit("F. W. MURNAU", 562, 866, fill="#e6e6bd", anchor="end", size=27))
    return sheet.svg()


def _count(ink: str) -> str:
    body = path(
        """M-10 900 L30 640 C40 520 70 428 150 388 C146 366 146 348 150 330 L110 262 L166 286
        C172 226 216 192 262 204 C294 212 310 240 311 268 L338 306 L312 311 L316 326 L305 330
        C308 350 296 366 272 366 C268 380 276 390 292 396 C348 396 390 372 424 336 L458 372
        C420 430 372 462 322 470 C300 560 316 700 356 900 Z""",
        ink,
    )
    claws = (
        ((420, 345), (436, 268), (478, 212), (456, 276), (446, 352)),
        ((432, 345), (476, 266), (538, 222), (500, 282), (462, 356)),
        ((444, 350), (512, 296), (580, 276), (530, 314), (470, 366)),
        ((450, 358), (520, 344), (584, 352), (526, 364), (464, 378)),
        ((446, 360), (492, 392), (522, 436), (480, 410), (440, 382)),
    )
    return group(
        body,
        *(poly(claw, ink, stroke=ink, stroke_width=5, stroke_linejoin="round") for claw in claws),
    )


def _banister(front: str, deep: str) -> list[str]:
    steps = [(-2.0, 902.0)]
    for number in range(9):
        x, y = number * 75 - 30, 852 - number * 42
        steps += [(x, y), (x + 75, y)]
    steps += [(602, 516), (602, 902)]
    posts = [rect(x, 742 - x * 0.56, 13, 104, front, rx=6) for x in range(12, 600, 50)]
    rail = line([(-20, 752), (620, 394)], front, 26, stroke_linecap="round")
    knob = circle(20, 735, 32, front)
    return [poly(steps, deep), *posts, rail, knob, rect(0, 812, 600, 90, deep)]


def caligari() -> str:
    """Draw the painted town that leans in on the sleepwalker."""
    cream, mustard, rust, ink = "#f1e6c8", "#e2a93b", "#ad3a25", "#14110f"
    sheet = Sheet("caligari", cream)
    centre = (318, 392)
    for turn in range(0, 360, 24):
        rays = [centre] + [
            (
                centre[0] + 900 * cos(radians(turn + side)),
                centre[1] + 900 * sin(radians(turn + side)),
            )
            for side in (0, 11)
        ]
        sheet.add(poly(rays, mustard))
    sheet.add(*_crooked_houses(ink, cream, rust))
    sheet.add(poly([(0, 900), (0, 800), (240, 560), (400, 540), (600, 770), (600, 900)], rust))
    sheet.add(poly([(120, 900), (262, 560), (300, 566), (250, 900)], cream))
    sheet.add(poly([(380, 900), (352, 560), (384, 552), (520, 900)], cream))
    sheet.add(_sleepwalker(ink, cream))
    sheet.add(poly([(0, 0), (600, 0), (600, 150), (0, 206)], ink))
    sheet.add(
        words(
            "THE CABINET OF DR.",
            300,
            62,
            room=350,
            weight="bold",
            tracking=0.1,
            fill=mustard,
            transform="rotate(-2 300 60)",
        )
    )
    sheet.add(*_drunken("CALIGARI", cream))
    sheet.add(poly([(0, 838), (600, 852), (600, 900), (0, 900)], ink))
    sheet.add(credit("1920", 30, 882, fill=cream, anchor="start"))
    sheet.add(credit("ROBERT WIENE", 570, 886, fill=cream, anchor="end"))
    return sheet.svg()


def _crooked_houses(ink: str, cream: str, rust: str) -> list[str]:
    houses = [
        ([(0, 120), (150, 170), (210, 300), (150, 330), (236, 566), (0, 800)], ink),
        ([(600, 110), (470, 200), (420, 286), (470, 310), (398, 552), (600, 776)], ink),
        ([(150, 236), (232, 330), (210, 420), (178, 404)], rust),
        ([(470, 236), (410, 320), (432, 420), (452, 330)], rust),
    ]
    windows = [
        [(24, 250), (92, 276), (76, 366), (34, 352)],
        [(30, 420), (104, 424), (124, 506), (50, 526)],
        [(46, 590), (128, 560), (140, 630), (70, 680)],
        [(510, 250), (572, 226), (578, 330), (520, 342)],
        [(492, 402), (566, 390), (560, 488), (484, 478)],
        [(486, 546), (560, 566), (552, 660), (500, 610)],
    ]
    drawn = [poly(points, colour) for points, colour in houses]
    for points in windows:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        cross = line([((ax + bx) / 2, (ay + by) / 2), ((cx + dx) / 2, (cy + dy) / 2)], ink, 7)
        bar = line([((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)], ink, 7)
        drawn += [poly(points, cream), cross, bar]
    return drawn


def _sleepwalker(ink: str, pale: str) -> str:
    body = path(
        """M262 842 L284 600 C262 560 262 486 284 456 L214 330 L226 320 L312 432 L330 432
        C352 440 362 470 362 500 L386 640 L372 644 L346 560 L340 640 L366 842 L322 842 L312 690
        L300 842 Z""",
        ink,
    )
    hand = poly(
        [(214, 332), (198, 286), (210, 296), (212, 270), (221, 296), (232, 282), (228, 322)], pale
    )
    face = path("M290 352 L352 350 C356 392 342 424 320 428 C298 424 286 392 290 352 Z", pale)
    hair = path(
        "M282 368 L276 330 L296 300 L330 292 L360 312 L362 366 L346 340 L320 362 L300 338 Z", ink
    )
    eyes = [poly([(x - 11, 380), (x, 368), (x + 11, 380), (x, 396)], ink) for x in (305, 338)]
    mouth = line([(310, 412), (332, 411)], ink, 5)
    return group(body, hand, face, hair, *eyes, mouth)


def _drunken(word: str, fill: str) -> list[str]:
    leans = ((-9, 0), (5, 10), (-4, -6), (9, 4), (-7, 8), (6, -4), (-5, 6), (8, -2))
    places = (66, 148, 214, 268, 330, 406, 482, 546)
    return [
        words(
            letter,
            x,
            148 + drop,
            size=116,
            fill=fill,
            stretch=1.05,
            transform=f"rotate({turn} {x} 110)",
        )
        for letter, x, (turn, drop) in zip(word, places, leans, strict=True)
    ]


def phantom() -> str:
    """Draw the mask among the pipes of the organ."""
    wine, gold, ink, ivory = "#5c0f1c", "#d8a545", "#130709", "#f4ead6"
    sheet = Sheet("phantom", wine)
    glow = sheet.radial(
        (0, "#c22a2f"), (0.6, "#7c1522"), (1, "#3a0912"), centre=(0.5, 0.42), radius=0.7
    )
    sheet.add(rect(0, 0, 600, 900, glow))
    pipe = sheet.linear(
        (0, "#6b4512"), (0.28, "#f3cf7c"), (0.5, gold), (1, "#5a370c"), along=(0, 0, 1, 0)
    )
    for number in range(11):
        x, rise = number * 56 - 6, abs(number - 5) * 46
        top = 330 - rise
        sheet.add(path(f"M{x} 900 V{top} A23 12 0 0 1 {x + 46} {top} V900 Z", pipe))
        sheet.add(path(f"M{x + 9} {top + 96} L{x + 23} {top + 52} L{x + 37} {top + 96} Z", ink))
        sheet.add(rect(x + 9, top + 96, 28, 7, ink))
    sheet.add(
        path("M0 900 C20 700 120 620 205 590 L300 676 L395 590 C480 620 580 700 600 900 Z", ink)
    )
    sheet.add(poly([(205, 590), (248, 560), (300, 676), (282, 730)], wine))
    sheet.add(poly([(395, 590), (352, 560), (300, 676), (318, 730)], wine))
    sheet.add(*_mask(ink, ivory, gold))
    sheet.add(words("THE PHANTOM", 300, 772, room=470, fill=ivory))
    sheet.add(words("OF THE OPERA", 300, 838, room=470, fill=gold))
    sheet.add(credit("1925  ·  RUPERT JULIAN", 300, 877, fill=ivory, size=22))
    return sheet.svg()


def _mask(ink: str, ivory: str, gold: str) -> list[str]:
    face = "M196 372 C196 320 404 320 404 372 C412 470 396 560 300 646 C204 560 188 470 196 372 Z"
    return [
        path(face, ink),
        path(
            "M300 333 C240 332 196 346 196 372 C190 440 196 500 226 558 C244 520 282 524 300 520 Z",
            ivory,
        ),
        path("M222 424 C240 398 274 402 284 428 C266 444 238 446 222 424 Z", ink),
        path("M316 428 C330 402 364 400 378 424 C362 446 334 444 316 428 Z", "#e8452f"),
        circle(347, 426, 9, ink),
        path("M212 404 C232 380 268 380 290 400", "none", stroke=ink, stroke_width=6),
        path("M300 440 L288 510 L300 516 Z", "#c9b897"),
        # What the mask hides: a cheekbone, and teeth without lips.
        path("M392 470 C380 506 352 520 322 516", "none", stroke="#7c1522", stroke_width=7),
        path("M304 470 L318 512 L304 518 Z", "#7c1522"),
        *(
            rect(x, y, 13, 22, ivory, rx=4)
            for x, y in ((303, 548), (319, 547), (335, 543), (351, 536))
        ),
        *(rect(x, y, 12, 18, ivory, rx=4) for x, y in ((304, 574), (319, 572), (334, 566))),
        ellipse(300, 342, 214, 40, ink),
        path("M184 338 C190 214 230 176 300 190 C370 176 410 214 416 338 Z", ink),
        path("M186 318 C250 342 350 342 414 318 L416 338 C350 362 250 362 184 338 Z", gold),
    ]


def haxan() -> str:
    """Draw the witches over the fire, and who watches them."""
    ember, ink, bone, night = "#f0682a", "#120a10", "#f6e7c6", "#2a0f1e"
    sheet = Sheet("haxan", night)
    sky = sheet.linear((0, "#1a0a1c"), (0.45, "#55142a"), (0.8, "#b63a1f"), (1, ember))
    sheet.add(rect(0, 0, 600, 900, sky))
    sheet.add(
        circle(300, 396, 212, bone),
        circle(300, 396, 212, sheet.pattern(7, 7, circle(2, 2, 1, "#b58f5a")), opacity=0.7),
    )
    for number, (u, v, size) in enumerate(scattered(46)):
        sheet.add(
            circle(
                u * 600, 470 + v * 400, 1.5 + size * 4, bone if number % 3 else ember, opacity=0.85
            )
        )
    sheet.add(_devil(ink, ember))
    for x, y, size in ((96, 250, 0.62), (490, 240, 0.74), (522, 420, 0.5), (74, 470, 0.46)):
        sheet.add(_witch(x, y, size, ink))
    sheet.add(*_flames(ember, "#f7b23c", bone))
    sheet.add(words("HÄXAN", 300, 160, room=500, fill=bone, stretch=1.0))
    sheet.add(rect(0, 846, 600, 54, ink))
    sheet.add(credit("1922  ·  BENJAMIN CHRISTENSEN", 300, 882, fill=bone, size=26))
    return sheet.svg()


def _devil(ink: str, eye: str) -> str:
    head = path(
        """M300 690 C228 680 196 610 204 520 C206 492 214 470 226 452 C196 440 170 400 178 330
        C190 380 222 404 256 418 C284 406 316 406 344 418 C378 404 410 380 422 330
        C430 400 404 440 374 452 C386 470 394 492 396 520 C404 610 372 680 300 690 Z""",
        ink,
    )
    ears = [
        poly([(212, 500), (150, 470), (206, 548)], ink),
        poly([(388, 500), (450, 470), (394, 548)], ink),
    ]
    eyes = [
        poly([(x, 520), (x + side * 62, 486), (x + side * 48, 530)], eye)
        for x, side in ((280, -1), (320, 1))
    ]
    brows = [
        path(
            f"M{300 + s * 12} 506 Q{300 + s * 46} 478 {300 + s * 92} 462",
            "none",
            stroke=eye,
            stroke_width=5,
            stroke_linecap="round",
            opacity=0.7,
        )
        for s in (-1, 1)
    ]
    nose = path(
        "M292 530 L282 572 L300 582 L318 572 L308 530",
        "none",
        stroke=eye,
        stroke_width=4,
        stroke_linejoin="round",
        opacity=0.7,
    )
    grin = path("M228 590 C264 626 336 626 372 590 C346 662 254 662 228 590 Z", eye)
    teeth = [poly([(x, 606), (x + 14, 606), (x + 7, 630)], ink) for x in range(258, 334, 22)]
    beard = poly([(276, 676), (324, 676), (300, 742)], ink)
    return group(head, *ears, *brows, nose, *eyes, grin, *teeth, beard)


def _witch(x: float, y: float, size: float, ink: str) -> str:
    return group(
        line([(-104, 24), (96, -22)], ink, 8, stroke_linecap="round"),
        poly([(-84, 14), (-160, 6), (-170, 48), (-150, 56), (-84, 26)], ink),
        path(
            "M-40 14 C-36 -28 -8 -58 22 -62 L36 -52 C40 -30 22 -16 52 -20 L54 -8 L14 6 "
            "L34 40 L20 46 L-8 6 Z",
            ink,
        ),
        circle(34, -72, 15, ink),
        poly([(10, -78), (62, -88), (42, -94), (18, -138), (22, -92)], ink),
        transform=f"translate({x} {y}) rotate(-8) scale({size})",
    )


def _flames(outer: str, middle: str, inner: str) -> list[str]:
    drawn = []
    for colour, height, shift in ((outer, 216, 0), (middle, 150, 38), (inner, 92, 12)):
        d = "M-20 900 "
        for number in range(9):
            x = number * 78 - 30 + shift - 20
            tip = 900 - height * (0.66 + 0.34 * ((number * 5 + shift) % 7) / 6)
            d += (
                f"C{x + 4} {tip + 96} {x + 40} {tip + 84} {x + 26} {tip} C{x + 66} "
                f"{tip + 50} {x + 78} {tip + 110} {x + 70} 884 "
            )
        drawn.append(path(f"{d}L640 900 Z", colour))
    return drawn
