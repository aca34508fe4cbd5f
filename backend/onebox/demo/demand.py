"""How many people want to see what: popular films, evenings and near days fill first. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from types import MappingProxyType

from backend.onebox.demo.films import Film

# The share of its seats that a day's least and most wanted screenings sell in the end.
_LEAST, _MOST = 0.10, 1.0
# The higher, the fewer screenings are nearly full.
_STEEPNESS = 2.0
# How much of that is sold already, by how many days ahead it is. A sale costs about half a second
# of a processor, so the past, which only staff see, is calmer than its evenings would be.
_SOLD_AHEAD: Mapping[int, float] = MappingProxyType(
    {0: 1.0, 1: 0.45, 2: 0.3, 3: 0.2, 4: 0.15, 5: 0.1, 6: 0.07, 7: 0.05}
)
_SOLD_PAST = 0.4
_PARTIES = (1, 2, 3, 4, 5, 6)
_PARTY_WEIGHTS = (9, 38, 15, 22, 8, 8)
ORDER_SEATS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """A screening as the public weighs it."""

    key: str
    film: Film
    local_start: datetime


def shares(day: Sequence[Wanted], days_ahead: int) -> dict[str, float]:
    """Return which share of its seats each screening of a day has sold, from 10 % to all.

    The order of a day's screenings decides, so every day has its full house and its quiet one.
    """
    sold = _SOLD_PAST if days_ahead < 0 else _SOLD_AHEAD.get(days_ahead, 0.0)
    ranked = sorted(day, key=_pull)
    last = max(len(ranked) - 1, 1)
    return {
        wanted.key: sold * (_LEAST + (_MOST - _LEAST) * (rank / last) ** _STEEPNESS)
        for rank, wanted in enumerate(ranked)
    }


def _pull(wanted: Wanted) -> float:
    hour = wanted.local_start.hour + (24 if wanted.local_start.hour < 5 else 0)
    time_of_day = 0.5 if hour < 15 else 0.75 if hour < 18 else 1.0 if hour < 22 else 0.7
    chance = Random(wanted.key).random()  # noqa: S311 -- nobody's secret
    return wanted.film.appeal * time_of_day * (0.75 + 0.5 * chance)


def parties(dice: Random, most: int) -> Iterator[int]:
    """Yield the parties that one order of the till seats: together at most ten, at least one.

    An order costs the machine the same however many seats it has, so parties that queue one
    behind the other are sold as one.
    """
    left = min(most, ORDER_SEATS)
    while left > 0:
        size = min(dice.choices(_PARTIES, _PARTY_WEIGHTS)[0], left)
        yield size
        left -= size


def ticket_types(seats: int, dice: Random, *, is_for_children: bool) -> list[str]:
    """Return who sits on so many seats: families in children's films, else mostly adults."""
    kinds, weights = ["adult", "student", "senior"], [70, 20, 10]
    if is_for_children and seats > 1:
        kinds, weights = [*kinds, "child"], [45, 10, 10, 35]
    chosen = dice.choices(kinds, weights, k=seats)
    # Children come with somebody.
    return ["adult", *chosen[1:]] if "child" in chosen else chosen
