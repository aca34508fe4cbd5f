"""How full rooms get: from a tenth to the last seat tonight, and thinner the farther away."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.onebox.demo import demand
from backend.onebox.demo.demand import ORDER_SEATS, Wanted, parties, ticket_types
from backend.onebox.demo.films import films

_ELEVEN = datetime(2026, 11, 27, 11, 0)  # noqa: DTZ001 -- local to the cinema


def _day() -> list[Wanted]:
    return [
        Wanted(f"{film.slug}-{hour}", film, _ELEVEN + timedelta(hours=hour))
        for film in films()
        for hour in (0, 9)
    ]


def test_tonight_goes_from_a_tenth_to_sold_out():
    shares = demand.shares(_day(), 0).values()

    assert (min(shares), max(shares)) == (0.1, 1.0)
    assert 0.3 < sum(shares) / len(shares) < 0.5


def test_what_is_farther_away_has_sold_less():
    means = [sum(demand.shares(_day(), ahead).values()) for ahead in range(8)]

    assert all(later < sooner for sooner, later in pairwise(means))
    assert demand.shares(_day(), 8).keys() == {wanted.key for wanted in _day()}
    assert set(demand.shares(_day(), 8).values()) == {0.0}


def test_past_days_have_sold_something_everywhere():
    shares = demand.shares(_day(), -2)

    assert min(shares.values()) > 0.03
    assert max(shares.values()) < 1


def test_popular_films_and_evenings_sell_more():
    shares = demand.shares(_day(), 0)
    by_appeal = sorted(films(), key=lambda film: film.appeal)
    evenings = [shares[f"{film.slug}-9"] for film in by_appeal]

    assert sum(evenings[-5:]) > 2 * sum(evenings[:5])
    assert sum(evenings) > sum(shares[f"{film.slug}-0"] for film in films())


def test_one_screening_alone_is_no_fault():
    assert demand.shares(_day()[:1], 0) == {_day()[0].key: 0.1}
    assert demand.shares([], 0) == {}


@given(seed=st.integers(0, 10_000), most=st.integers(-3, 40))
def test_an_order_has_ten_seats_at_most_and_no_more_than_are_wanted(seed: int, most: int):
    sizes = list(parties(Random(seed), most))

    assert sum(sizes) == max(0, min(most, ORDER_SEATS))
    assert all(1 <= size <= 6 for size in sizes)


def test_most_parties_are_couples():
    sizes = Counter(size for seed in range(300) for size in parties(Random(seed), 40))

    assert sizes.most_common(1)[0][0] == 2
    assert set(sizes) == {1, 2, 3, 4, 5, 6}


@given(seed=st.integers(0, 10_000), seats=st.integers(1, 8))
def test_children_come_with_an_adult_and_only_to_their_films(seed: int, seats: int):
    family = ticket_types(seats, Random(seed), is_for_children=True)
    grown_up = ticket_types(seats, Random(seed), is_for_children=False)

    assert len(family) == len(grown_up) == seats
    assert "child" not in family or family[0] == "adult"
    assert set(grown_up) <= {"adult", "student", "senior"}


@pytest.mark.parametrize("is_for_children", [True, False])
def test_most_tickets_are_for_adults(is_for_children):
    kinds = Counter(
        kind
        for seed in range(300)
        for kind in ticket_types(4, Random(seed), is_for_children=is_for_children)
    )

    assert kinds.most_common(1)[0][0] == "adult"
    assert ("child" in kinds) == is_for_children
