"""The base of every wire schema: frozen, and nothing that it does not name is accepted."""

import re
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["en", "ro"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=0, le=100_000_000)]

# C0 but for tab and line feed, DEL, and C1: terminals and ticket printers obey all of them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _clean(text: str) -> str:
    # Asked first because it costs nothing, and every label of every seat comes by here.
    if not text.isprintable() and _CONTROLS.search(text):
        message = "must not contain control characters"
        raise ValueError(message)
    return text


def _reachable(at: datetime) -> datetime:
    if not 1990 <= at.year <= 2200:
        message = "must be between 1990 and 2200"
        raise ValueError(message)
    return at


# A time that no time zone and no running time can carry out of the calendar.
Reachable = AfterValidator(_reachable)
Clean = AfterValidator(_clean)
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    Clean,
]
# Neither what separates addresses in a header, nor what nobody sees, as marks of direction.
_NOT_IN_EMAIL = (
    r"@\s<>\"'(),:;\\\[\]\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
)
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=rf"^[^{_NOT_IN_EMAIL}]{{1,64}}@[^{_NOT_IN_EMAIL}.]+(\.[^{_NOT_IN_EMAIL}.]+)+$",
    ),
]


class Strict(BaseModel):
    """A body that refuses unknown fields, so that no client can send a price or an owner."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_max_length=10_000,
        allow_inf_nan=False,
        # What somebody typed is theirs: an error that is logged never quotes it.
        hide_input_in_errors=True,
    )


class Read(BaseModel):
    """An answer; older clients ignore what newer services add."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
