"""The colours can be read by everyone, in every theme."""

import re

import pytest

from brand.stylesheet import tokens_css
from brand.tokens import THEMES, contrast, tokens


@pytest.mark.parametrize("theme", THEMES)
def test_pairs_reach_their_contrast(theme):
    palette = tokens().palette(theme)

    too_faint = {
        (pair.front, pair.back): round(contrast(palette[pair.front], palette[pair.back]), 2)
        for pair in tokens().pairs
        if contrast(palette[pair.front], palette[pair.back]) < pair.ratio
    }

    assert too_faint == {}


@pytest.mark.parametrize("theme", ["light-contrast", "dark-contrast"])
def test_high_contrast_is_aaa_for_text(theme):
    palette = tokens().palette(theme)

    assert (
        min(
            contrast(palette[front], palette[back])
            for front in ("text", "muted", "link")
            for back in ("page", "surface", "raised", "sunken")
        )
        >= 7
    )


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_themes_name_the_same_colours():
    colour = tokens().colour

    assert set(colour["dark"]) == set(colour["light"])
    assert set(colour["light-contrast"]) <= set(colour["dark-contrast"]) <= set(colour["dark"])


def test_every_text_colour_is_in_a_pair():
    read = {pair.front for pair in tokens().pairs}
    names = tokens().colour["light"]

    assert {name for name in names if name.startswith("on-") or name in ("text", "muted")} <= read


def test_stylesheet_holds_every_colour_and_scale():
    css = tokens_css()

    declared = set(re.findall(r"--([\w-]+):", css))

    assert {f"colour-{name}" for name in tokens().colour["light"]} <= declared
    assert {f"space-{name}" for name in tokens().space} <= declared
    assert {f"shadow-{name}" for name in ("low", "mid", "high")} <= declared
    assert css.count("{") == css.count("}")


def test_stylesheet_answers_the_wishes_of_the_system():
    css = tokens_css()

    assert re.findall(r"@media ([^{]+) \{", css) == [
        "(prefers-color-scheme: dark)",
        "(prefers-contrast: more)",
        "(prefers-contrast: more) and (prefers-color-scheme: dark)",
        "(prefers-contrast: more)",
        "(prefers-color-scheme: dark)",
        "(prefers-reduced-motion: reduce)",
    ]


def test_high_contrast_of_the_dark_theme_covers_that_of_the_light():
    # The light rule also matches a dark page; whatever it sets, the dark one must set after it.
    colour = tokens().colour

    assert set(colour["light-contrast"]) - set(colour["dark-contrast"]) == set()
