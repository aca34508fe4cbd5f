"""What the pages show before an order is what the service will ask for it."""

from hypothesis import given
from hypothesis import strategies as st

from backend.movies.prices import rules
from tests.web.purchase import cinema
from web.purchase.quotes import Quotes, Totals, tax_within

QUOTES = Quotes(cinema.detail())


@given(gross=st.integers(0, 100_000), rate=st.integers(0, 10_000))
def test_tax_is_what_the_service_computes(gross, rate):
    assert tax_within(gross, rate) == rules.tax_within(gross, rate)


def test_totals_are_the_sum_of_the_lines():
    totals = QUOTES.totals([("adult", "standard"), ("child", "premium"), ("carer", "wheelchair")])

    assert totals == Totals(gross_minor=3350 + 2850, fee_minor=300, tax_minor=332 + 282)


def test_type_that_is_not_sold_has_no_price():
    assert QUOTES.quote("pirate", "standard") is None
    assert QUOTES.totals([("pirate", "standard")]) == Totals(0, 0, 0)


def test_usual_type_is_never_the_carers():
    without_adults = cinema.detail().model_copy(
        update={"ticket_types": [cinema.ticket_types()[2], cinema.ticket_types()[1]]}
    )

    assert QUOTES.usual_type("sofa") == "adult"
    assert Quotes(without_adults).usual_type("sofa") == "child"


def test_script_gets_the_same_figures():
    assert QUOTES.table()["adult"]["premium"] == [3850, 150, 382]
    assert QUOTES.table()["carer"]["premium"] == [0, 0, 0]
