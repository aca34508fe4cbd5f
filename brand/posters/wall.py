"""The wall: which drawing belongs to which film, by the film's slug."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from brand.posters import cities, comedians, engines, histories, shadows, skies, talkies

POSTERS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "a-trip-to-the-moon": engines.a_trip_to_the_moon,
        "the-independence-of-romania": histories.the_independence_of_romania,
        "the-cabinet-of-dr-caligari": shadows.caligari,
        "the-kid": comedians.the_kid,
        "nosferatu": shadows.nosferatu,
        "haxan": shadows.haxan,
        "safety-last": skies.safety_last,
        "sherlock-jr": comedians.sherlock_jr,
        "battleship-potemkin": histories.battleship_potemkin,
        "the-phantom-of-the-opera": shadows.phantom,
        "the-gold-rush": comedians.the_gold_rush,
        "the-general": engines.the_general,
        "metropolis": cities.metropolis,
        "sunrise": skies.sunrise,
        "steamboat-bill-jr": skies.steamboat_bill_jr,
        "the-passion-of-joan-of-arc": histories.the_passion_of_joan_of_arc,
        "man-with-a-movie-camera": cities.man_with_a_movie_camera,
        "his-girl-friday": talkies.his_girl_friday,
        "charade": talkies.charade,
        "night-of-the-living-dead": talkies.night_of_the_living_dead,
    }
)
