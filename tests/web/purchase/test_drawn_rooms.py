"""A place is rendered once for each of its states, and every page says how it stands now."""

from itertools import chain

import pytest

from tests.web.purchase import cinema
from tests.web.reading import read
from web.purchase.drawn_rooms import DrawnRoom, drawn_room
from web.purchase.quotes import PriceLists, Quotes
from web.purchase.seat_plan import Plan, arranged, plan_of
from web.templating import templates

ROOM = arranged(cinema.layout())
QUOTES = Quotes(cinema.detail())
STATES = ("free", "held", "sold", "blocked")


def drawn(language: str = "en") -> DrawnRoom:
    return DrawnRoom(ROOM, QUOTES, templates(language))


def boxes(pieces: DrawnRoom, plan: Plan) -> list[tuple[str, bool, bool, str]]:
    html = "".join(chain.from_iterable(pieces.boxes(plan)))
    found = []
    for label in read(html).all("label"):
        box = label.one("input")
        said = label.one("span", class_="place-words").text
        found.append(
            (
                box.attributes["value"],
                "checked" in box.attributes,
                "disabled" in box.attributes,
                said,
            )
        )
    return found


def test_each_page_says_how_the_seats_stand_now():
    """The same pieces again and again: nothing of one page is left on the next."""
    pieces = drawn()
    for state in (*STATES, *reversed(STATES)):
        plan = plan_of(ROOM, cinema.seat_map({11: state}))

        found = {seat: rest for seat, *rest in boxes(pieces, plan)}
        drawing = read(pieces.seats(plan))

        word = {
            "free": "free",
            "held": "taken for now",
            "sold": "taken",
            "blocked": "not available",
        }
        assert found["11"][:2] == [False, state != "free"]
        assert str(found["11"][2]).endswith(f", {word[state]}")
        assert found["12"] == [False, False, found["12"][2]]
        assert [g.attributes["data-status"] for g in drawing.all("g")][10:12] == [state, "free"]


def test_chosen_seat_is_checked_and_the_next_visitor_has_it_free():
    pieces = drawn()
    mine = plan_of(ROOM, cinema.seat_map(), chosen=[11])
    theirs = plan_of(ROOM, cinema.seat_map())

    states = [
        (checked, disabled)
        for plan in (mine, theirs)
        for seat, checked, disabled, _ in boxes(pieces, plan)
        if seat == "11"
    ]

    assert states == [(True, False), (False, False)]


def test_lone_seats_are_marked_for_whoever_left_them_and_for_nobody_else():
    pieces = drawn()
    plan = plan_of(ROOM, cinema.seat_map())

    marked, plain = (
        [
            g.attributes["data-drawn"]
            for g in read(pieces.seats(plan, lone)).all("g")
            if "is-lone" in g.attributes["class"]
        ]
        for lone in ((11, 13), ())
    )

    assert (marked, plain) == (["11", "13"], [])


def test_each_language_and_price_list_has_pieces_of_its_own():
    plan = plan_of(ROOM, cinema.seat_map())
    dearer = [
        each.model_copy(update={"prices": dict.fromkeys(each.prices, 9900)})
        for each in cinema.detail().ticket_types
    ]
    lists = PriceLists()
    usual = lists.find(cinema.detail())
    other = lists.find(cinema.detail().model_copy(update={"ticket_types": dearer}))

    said = [
        boxes(drawn_room(ROOM, quotes, templates(language)), plan)[8][3]
        for quotes, language in ((usual, "en"), (usual, "ro"), (other, "en"))
    ]

    assert len(set(said)) == 3
    assert "100.50" in said[2]


def test_price_list_is_the_same_for_screenings_that_cost_the_same():
    lists = PriceLists()
    found = [lists.find(cinema.detail()) for _ in range(2)]
    taxed = lists.find(cinema.detail().model_copy(update={"tax_rate_bp": 900}))

    assert found[0] is found[1]
    assert (taxed.tax_rate_bp, found[0].tax_rate_bp) == (900, QUOTES.tax_rate_bp)


@pytest.mark.parametrize("is_reloading", [False, True])
def test_pieces_are_kept_unless_templates_are_being_edited(is_reloading):
    environment = templates("en", is_reloading=is_reloading)

    first, again = (drawn_room(ROOM, QUOTES, environment) for _ in range(2))

    assert (first is again) is not is_reloading
