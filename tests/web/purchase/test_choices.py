"""What a form says becomes lines, or a problem that its sender can mend."""

import pytest
from starlette.datastructures import FormData

from backend.contracts.orders import LineChoice
from backend.contracts.problems_orders import SeatUnknown, TicketTypeUnknown, TooManySeats
from web.purchase.choices import email_of, lines_of, seats_of, types_of
from web.purchase.problems import EmailWrong, NothingChosen


def lines(*fields: tuple[str, str]) -> list[LineChoice]:
    form = FormData(list(fields))
    seats = seats_of(form)
    return lines_of(seats, types_of(form, seats))


def test_form_names_seats_and_their_types():
    assert lines(("seat", "7"), ("seat", "8"), ("type-8", "child"), ("type-9", "adult")) == [
        LineChoice(seat=7, ticket_type="adult"),
        LineChoice(seat=8, ticket_type="child"),
    ]


@pytest.mark.parametrize("seat", ["", "x", "-5", "0", "999999", "7.5", "1e3", "7;8"])
def test_what_is_no_seat_number_is_an_unknown_seat(seat):
    with pytest.raises(SeatUnknown):
        lines(("seat", seat))


def test_type_of_a_wrong_shape_is_unknown():
    with pytest.raises(TicketTypeUnknown):
        lines(("seat", "7"), ("type-7", "<script>"))


def test_eleven_seats_are_too_many():
    with pytest.raises(TooManySeats):
        lines(*(("seat", str(seat)) for seat in range(1, 12)))


def test_no_seat_is_not_an_order():
    with pytest.raises(NothingChosen):
        lines(("type-7", "adult"))


def test_address_is_checked_and_brought_into_form():
    assert email_of(FormData([("email", "  Ana@Mail.Example ")])) == "ana@mail.example"
    assert email_of(FormData([("email", "  ")])) is None
    for wrong in ("ana", "ana@", "ana@mail", "a b@mail.example", '"<x>"@mail.example'):
        with pytest.raises(EmailWrong):
            email_of(FormData([("email", wrong)]))
