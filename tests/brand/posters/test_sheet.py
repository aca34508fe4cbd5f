"""The sheet under the posters: what it draws is plain, short and clipped where asked."""

import re
from xml.etree import ElementTree as ET

from brand.posters.sheet import Sheet, circle, line, path, rect, scattered, words

_SVG = "{http://www.w3.org/2000/svg}"


def test_shapes_stand_on_the_ground_in_the_order_they_were_added():
    sheet = Sheet("film", "#111111")
    sheet.add(rect(1, 2, 3, 4, "#222222"), circle(5, 6, 7, "#333333"))

    root = ET.fromstring(sheet.svg())

    assert [element.get("fill") for element in root[1:]] == ["#111111", "#222222", "#333333"]


def test_two_sheets_never_share_an_id():
    one, other = Sheet("one", "#000000"), Sheet("other", "#000000")

    assert one.linear((0, "#000000")) == "url(#one-1)"
    assert other.linear((0, "#000000")) == "url(#other-1)"


def test_clipped_shapes_refer_to_their_outline():
    sheet = Sheet("film", "#000000")
    sheet.add(sheet.clipped(rect(0, 0, 10, 10), circle(5, 5, 9, "#ffffff")))

    root = ET.fromstring(sheet.svg())

    assert [clip.get("id") for clip in root.iter(f"{_SVG}clipPath")] == ["film-1"]
    assert [group.get("clip-path") for group in root.iter(f"{_SVG}g")] == ["url(#film-1)"]


def test_numbers_are_written_short():
    assert line([(1.0, 2.004), (3.333, -0.5)], "#000000", 4.0) == (
        '<polyline points="1,2 3.33,-0.5" fill="none" stroke="#000000" stroke-width="4"/>'
    )


def test_a_path_may_be_written_over_several_lines():
    assert path("M0 0\n   L1 1", "#000000") == '<path d="M0 0 L1 1" fill="#000000"/>'


def test_lettering_fills_the_room_it_is_given():
    drawn = ET.fromstring(words("SUNRISE", 0, 0, room=300, fill="#000000", anchor="start"))
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", drawn.attrib["d"])]

    assert 290 < max(numbers) <= 300


def test_scattered_points_stay_in_the_unit_square_and_apart():
    points = list(scattered(200))

    assert all(0 <= u < 1 and 0 <= v < 1 and 0 <= size < 1 for u, v, size in points)
    assert len({(round(u, 2), round(v, 2)) for u, v, _ in points}) > 190
