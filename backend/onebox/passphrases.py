"""Passwords that one can remember, for the demo's people."""

import secrets

_WORDS = """
    amber anchor apple autumn bamboo barley basil beacon bridge bronze butter candle canyon
    carbon castle cedar cherry cinder cobalt comet copper coral cotton crystal desert dragon
    ember falcon fennel forest garden ginger glacier granite harbor hazel honey island ivory
    jasmine kettle lantern lemon linen lotus maple marble meadow mellow mirror nectar oasis
    ocean olive orchid otter paper pebble pepper picnic pine planet plum poppy prairie quartz
    rabbit raven ribbon river rocket saffron sailor sapphire shadow silver spruce sugar summer
    sunset teapot thunder timber topaz tulip valley velvet violet walnut willow window winter
""".split()  # noqa: SIM905 -- a hundred quoted words would be noise


def memorable_password() -> str:
    """Return three words and two digits: about 27 bits, for demonstration on loopback only."""
    words = "-".join(secrets.choice(_WORDS) for _ in range(3))
    return f"{words}-{secrets.randbelow(90) + 10}"
