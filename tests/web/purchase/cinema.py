"""What the pretended services answer: a screening, its map, an order in each state, tickets."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.contracts.catalogue import (
    CinemaRead,
    FilmRead,
    Programme,
    ProgrammeFilm,
    ScreeningDetail,
    ScreeningRead,
    Seller,
    TicketTypeRead,
)
from backend.contracts.orders import (
    LineState,
    OrderLineRead,
    OrderRead,
    OrderScreening,
    OrderState,
    SeatRead,
)
from backend.contracts.seats import LayoutSeat, SeatMap
from backend.contracts.tickets import TicketList, TicketRead

SCREENING = UUID("00000000-0000-7000-8000-000000000001")
ORDER = UUID("00000000-0000-7000-8000-0000000000a1")
FILM = UUID("00000000-0000-7000-8000-0000000000f1")
CINEMA = UUID("00000000-0000-7000-8000-0000000000c1")
# Still to come whenever the tests run; pages compare with the clock what is over.
STARTS = datetime(2099, 11, 27, 17, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=109)
NOW = datetime(2099, 11, 27, 12, tzinfo=UTC)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
CODE = "1234567890" * 24 + "1234"
_BITS = {"free": 0, "held": 1, "sold": 2, "blocked": 3}


def layout() -> list[LayoutSeat]:
    """Draw four rows of eight: A with wheelchair places, B plain, C premium, D sofas."""
    kinds = {0: "standard", 1: "standard", 2: "premium", 3: "sofa"}
    return [
        LayoutSeat(
            seat=row * 8 + place + 1,
            row="ABCD"[row],
            label=str(place + 1),
            kind={(0, 0): "wheelchair", (0, 1): "companion"}.get((row, place), kinds[row]),
            x=float(place),
            y=row * 1.25,
            position=place,
            pair={(0, 0): 2, (0, 1): 1}.get((row, place)),
            broken=(row, place) == (1, 7),
        )
        for row in range(4)
        for place in range(8)
    ]


def cinema() -> CinemaRead:
    """The cinema."""
    return CinemaRead(
        id=CINEMA,
        slug="mesh",
        name="Cinema Mesh",
        zone="Europe/Bucharest",
        currency="RON",
        languages=["en", "ro"],
        seller=Seller(name="Mesh SRL", address="Str. 1", tax_id="RO1", email="bilete@mesh.example"),
        day_change_hour=5,
    )


def film(title: str = "Nosferatu") -> FilmRead:
    """A film."""
    return FilmRead(
        id=FILM,
        slug="nosferatu",
        title=title,
        original_title="Nosferatu",
        synopsis="A shadow.",
        year=1922,
        runtime_minutes=94,
        certificate="AP-12",
        directors=["F. W. Murnau"],
        cast=[],
        countries=["DE"],
        spoken_languages=["zxx"],
        genres=["horror"],
        poster_version=None,
    )


def screening(**changes: object) -> ScreeningRead:
    """A screening on sale, this evening."""
    return ScreeningRead(
        id=SCREENING,
        key=7,
        film_id=FILM,
        room_id=UUID(int=1),
        room_name="Lumière",
        starts_at=STARTS,
        ends_at=ENDS,
        business_day=STARTS.date(),
        format="2D",
        spoken_language="zxx",
        subtitles="ro",
        state="on_sale",
        is_on_sale=True,
        capacity=31,
        free=31,
        from_price_minor=3350,
        currency="RON",
    ).model_copy(update=changes)


def ticket_types(adult: int = 3200) -> list[TicketTypeRead]:
    """Adults, children, free carers; premium and sofas cost more, paid tickets a fee."""
    more = {"standard": 0, "premium": 500, "sofa": 900, "wheelchair": 0, "companion": 0}

    def sold(code: str, name: str, price: int, rule: str = "none") -> TicketTypeRead:
        is_free = rule == "carer"
        return TicketTypeRead(
            code=code,
            name=name,
            note="Free with a wheelchair place" if is_free else "",
            rule=rule,
            prices={kind: 0 if is_free else price + extra for kind, extra in more.items()},
            fees=dict.fromkeys(more, 0 if is_free else 150),
        )

    return [
        sold("adult", "Adult", adult),
        sold("child", "Child", 2200, "child"),
        sold("carer", "Carer", 0, "carer"),
    ]


def detail(title: str = "Nosferatu", *, adult: int = 3200, **changes: object) -> ScreeningDetail:
    """All that choosing seats needs."""
    return ScreeningDetail(
        screening=screening(**changes),
        film=film(title),
        cinema=cinema(),
        layout=layout(),
        ticket_types=ticket_types(adult),
        tax_rate_bp=1100,
    )


def seat_map(states: dict[int, str] | None = None, version: int = 5) -> SeatMap:
    """The map where these seats are not free."""
    value = 0
    seats = layout()
    for seat in seats:
        value = value << 2 | _BITS[(states or {}).get(seat.seat, "free")]
    content = value.to_bytes(len(seats) // 4, "big")
    return SeatMap(screening_id=SCREENING, version=version, bitmap=b64encode(content).decode())


def line(number: int, seat: int, ticket_type: str = "adult", **changes: object) -> OrderLineRead:
    """A line of an order, priced as the list above says."""
    place = layout()[seat - 1]
    sold = next(kind for kind in ticket_types() if kind.code == ticket_type)
    price, fee = sold.prices[place.kind], sold.fees[place.kind]
    return OrderLineRead(
        line_no=number,
        seat=SeatRead(seat=seat, row=place.row, label=place.label, kind=place.kind),
        ticket_type=ticket_type,
        ticket_type_name=sold.name,
        price_minor=price,
        fee_minor=fee,
        gross_minor=price + fee,
        tax_rate_bp=1100,
        tax_minor=round((price + fee) * 11 / 111),
        state=LineState.LIVE,
    ).model_copy(update=changes)


def order(
    state: OrderState = OrderState.HELD,
    *,
    lines: list[OrderLineRead] | None = None,
    title: str = "Nosferatu",
    **changes: object,
) -> OrderRead:
    """An order for B3 and B4, or for these lines."""
    lines = [line(1, 11), line(2, 12)] if lines is None else lines
    return OrderRead(
        id=ORDER,
        reference="7K2M-P9QX-4TBD",
        state=state,
        version=3,
        language="en",
        email=None if state is OrderState.HELD else "ana@mail.example",
        currency="RON",
        total_minor=sum(each.gross_minor for each in lines),
        fee_minor=sum(each.fee_minor for each in lines),
        tax_minor=sum(each.tax_minor for each in lines),
        lines=lines,
        screening=OrderScreening(
            id=SCREENING,
            key=7,
            film_id=FILM,
            film_title=title,
            room_name="Lumière",
            starts_at=STARTS,
            ends_at=ENDS,
            zone="Europe/Bucharest",
            cinema_id=CINEMA,
            cinema_name="Cinema Mesh",
        ),
        expires_in_s=582.4 if state is OrderState.HELD else None,
        extensions_left=2,
        attempt=0 if state is OrderState.HELD else 1,
        closing=False,
        placed_at=NOW,
        paid_at=None,
    ).model_copy(update=changes)


def tickets(of: OrderRead, **changes: object) -> TicketList:
    """The tickets of an order, mailed."""
    return TicketList(
        order_id=of.id,
        is_ready=True,
        mailed_at=NOW,
        mail_problem=None,
        tickets=[
            TicketRead(
                id=UUID(int=each.line_no),
                line_no=each.line_no,
                status="ISSUED",
                ticket_type_name=each.ticket_type_name,
                row=each.seat.row,
                label=each.seat.label,
                seat_kind=each.seat.kind,
                room_name=of.screening.room_name,
                film_title=of.screening.film_title,
                starts_at=of.screening.starts_at,
                zone=of.screening.zone,
                code=CODE,
                admitted_at=None,
                admitted_door=None,
            )
            for each in of.lines
        ],
    ).model_copy(update=changes)


def programme() -> Programme:
    """Today, with one screening."""
    return Programme(
        cinema=cinema(),
        day=STARTS.date(),
        days=[STARTS.date()],
        films=[ProgrammeFilm(film=film(), screenings=[screening()])],
    )
