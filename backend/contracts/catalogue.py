"""What is on: cinemas, films, screenings and prices, as the public and the staff see them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from backend.contracts.schema import (
    LANGUAGES,
    Clean,
    Currency,
    Language,
    Minor,
    Reachable,
    Read,
    Strict,
    Text,
)
from backend.contracts.seats import LayoutSeat, SeatKind

ScreeningState = Literal["draft", "on_sale", "closed", "cancelling", "cancelled"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
# Ten lines at the highest price and fee stay within what an order may cost.
Price = Annotated[int, Field(ge=0, le=5_000_000)]


def _complete(texts: dict[Language, str]) -> dict[Language, str]:
    missing = [language for language in LANGUAGES if language not in texts]
    if missing:
        message = f"needs a text in {' and '.join(missing)}"
        raise ValueError(message)
    return texts


# Every page, mail and ticket is in the language of its reader, so no language may be missing.
PerLanguage = Annotated[dict[Language, Text], AfterValidator(_complete)]


class Seller(Strict):
    """Who sells, as a receipt must name them."""

    name: Text
    address: Text
    tax_id: Text
    email: Text


class CinemaWrite(Strict):
    """A cinema; `day_change` is the local hour at which its business day ends."""

    slug: Slug
    name: Text
    zone: Text
    currency: Currency
    languages: Annotated[list[Language], Field(min_length=1)]
    seller: Seller
    day_change_hour: Annotated[int, Field(ge=0, le=12)] = 5


class CinemaRead(Read):
    """A cinema as the public sees it."""

    id: UUID
    slug: str
    name: str
    zone: str
    currency: str
    languages: list[Language]
    seller: Seller
    day_change_hour: int


class FilmWrite(Strict):
    """A film; titles and synopses per language."""

    slug: Slug
    title: PerLanguage
    original_title: Text
    synopsis: PerLanguage
    year: Annotated[int, Field(ge=1888, le=2100)]
    runtime_minutes: Annotated[int, Field(ge=1, le=900)]
    certificate: Annotated[str, StringConstraints(max_length=10), Clean]
    directors: Annotated[list[Text], Field(max_length=10)]
    cast: Annotated[list[Text], Field(max_length=50, default_factory=list)]
    countries: Annotated[list[Text], Field(max_length=20)]
    spoken_languages: Annotated[list[Text], Field(max_length=20)]
    genres: Annotated[list[Text], Field(max_length=10, default_factory=list)]
    release_date: date | None = None
    distributor: Text | None = None


class FilmRead(Read):
    """A film in one language."""

    id: UUID
    slug: str
    title: str
    original_title: str
    synopsis: str
    year: int
    runtime_minutes: int
    certificate: str
    directors: list[str]
    cast: list[str]
    countries: list[str]
    spoken_languages: list[str]
    genres: list[str]
    poster_version: str | None


class RoomWrite(Strict):
    """A room with its layout; saving it again makes the next version of the layout."""

    name: Text
    seats: Annotated[list[LayoutSeat], Field(min_length=1, max_length=1000)]
    cleaning_minutes: Annotated[int, Field(ge=0, le=120)] = 15


class RoomRead(Read):
    """A room."""

    id: UUID
    name: str
    layout_version: int
    capacity: int


class TicketTypeWrite(Strict):
    """Who a ticket is for; a carer's ticket needs a wheelchair ticket in the same order."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: PerLanguage
    note: PerLanguage | None = None
    rule: Literal["none", "child", "student", "senior", "carer"] = "none"
    position: Annotated[int, Field(ge=0, le=999)] = 0


class PriceRule(Strict):
    """A price for a ticket type; empty conditions match all, the most specific rule wins.

    From `from_minute` up to `to_minute` of the local day; a span may go past midnight.
    """

    ticket_type: Annotated[str, StringConstraints(max_length=32), Clean]
    seat_kind: SeatKind | None = None
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] | None = None
    from_minute: Annotated[int, Field(ge=0, le=1440)] | None = None
    to_minute: Annotated[int, Field(ge=0, le=1440)] | None = None
    format: Annotated[str, StringConstraints(max_length=20), Clean] | None = None
    price_minor: Price


class PriceCardWrite(Strict):
    """A price card; saving it again makes the next version. The fee is per paid ticket."""

    name: Text
    rules: Annotated[list[PriceRule], Field(min_length=1, max_length=200)]
    fee_minor: Price = 0
    tax_rate_bp: Annotated[int, Field(ge=0, le=10_000)]


class ScreeningWrite(Strict):
    """A screening: `starts_at` local to the cinema without zone, or aware with an offset."""

    film_id: UUID
    room_id: UUID
    price_card_id: UUID
    starts_at: Annotated[AwareDatetime | datetime, Reachable]
    trailers_minutes: Annotated[int, Field(ge=0, le=60)] = 15
    format: Annotated[str, StringConstraints(max_length=20), Clean] = "2D"
    spoken_language: Annotated[str, StringConstraints(max_length=10), Clean] = ""
    subtitles: Annotated[str, StringConstraints(max_length=10), Clean] = ""
    sale_opens_at: Annotated[AwareDatetime, Reachable] | None = None
    sale_closes_at: Annotated[AwareDatetime, Reachable] | None = None
    state: Literal["draft", "on_sale"] = "on_sale"


class ScreeningRead(Read):
    """A screening as the programme shows it. `business_day` counts from the day change.

    `from_price_minor` is the least that an adult pays, fee and tax included.
    """

    id: UUID
    key: int
    film_id: UUID
    room_id: UUID
    room_name: str
    starts_at: datetime
    ends_at: datetime
    business_day: date
    format: str
    spoken_language: str
    subtitles: str
    state: ScreeningState
    is_on_sale: bool
    capacity: int
    free: int
    from_price_minor: Minor
    currency: str
    sale_opens_at: datetime | None = None


class TicketTypeRead(Read):
    """A ticket type in one language, with its price for each seat kind of a screening."""

    code: str
    name: str
    note: str
    rule: str
    prices: dict[SeatKind, Minor]
    fees: dict[SeatKind, Minor]


class ScreeningDetail(Read):
    """All that choosing seats needs: the screening, its film, layout and prices."""

    screening: ScreeningRead
    film: FilmRead
    cinema: CinemaRead
    layout: list[LayoutSeat]
    ticket_types: list[TicketTypeRead]
    tax_rate_bp: int


class ProgrammeAsked(Read):
    """Which programme: without a day, that of today's business day."""

    day: date | None = None
    language: Language = "en"


class ProgrammeFilm(Read):
    """A film and when it is shown on a day."""

    film: FilmRead
    screenings: list[ScreeningRead]


class Programme(Read):
    """A business day: its films by first start. `days` are the days that have screenings."""

    cinema: CinemaRead
    day: date
    days: list[date]
    films: list[ProgrammeFilm]


class FilmPage(Read):
    """A film and its coming screenings."""

    cinema: CinemaRead
    film: FilmRead
    screenings: list[ScreeningRead]


class CinemaList(Read):
    """Every cinema."""

    cinemas: list[CinemaRead]


class FilmList(Read):
    """Films in one language."""

    films: list[FilmRead]


class RoomList(Read):
    """A cinema's rooms."""

    rooms: list[RoomRead]


class TicketTypeSaved(Read):
    """A ticket type as it is kept."""

    code: str


class PriceCardRead(Read):
    """A price card and its newest version."""

    id: UUID
    name: str
    version: int
    rules: list[PriceRule]
    fee_minor: Minor
    tax_rate_bp: int


class PriceCardList(Read):
    """A cinema's price cards."""

    price_cards: list[PriceCardRead]


class ScreeningMade(Read):
    """A screening that was scheduled or closed."""

    id: UUID
