"""The cinema itself, who its tickets are for, and what they cost. Amounts are in bani."""

from collections.abc import Mapping
from typing import Literal

from backend.contracts.catalogue import (
    CinemaWrite,
    PriceCardWrite,
    PriceRule,
    Seller,
    TicketTypeWrite,
)
from backend.contracts.seats import SeatKind

Card = Literal["Weekday matinee", "Weekday evening", "Weekend"]

# The reduced rate of Romanian VAT, which cinema tickets carry.
_TAX_RATE_BP = 1100
_FEE_MINOR = 150
# What a better seat costs more, whoever sits in it; carers pay nothing anywhere.
_DEARER: Mapping[SeatKind, int] = {"premium": 600, "sofa": 900}

CINEMA = CinemaWrite(
    slug="mesh",
    name="Cinema Mesh",
    zone="Europe/Bucharest",
    currency="RON",
    languages=["en", "ro"],
    # Nobody's: no company has a number of zeros, and .example belongs to no one.
    seller=Seller(
        name="Cinema Mesh SRL",
        address="Strada Lanternei Magice 12, București",
        tax_id="RO00000000",
        email="bilete@mesh.example",
    ),
)

TICKET_TYPES = (
    TicketTypeWrite(code="adult", name={"en": "Adult", "ro": "Adult"}, position=1),
    TicketTypeWrite(
        code="child",
        name={"en": "Child", "ro": "Copil"},
        note={"en": "Up to 14 years", "ro": "Până la 14 ani"},
        rule="child",
        position=2,
    ),
    TicketTypeWrite(
        code="student",
        name={"en": "Student", "ro": "Elev sau student"},
        note={
            "en": "Bring a student card that is valid this year",
            "ro": "Cu carnet sau legitimație vizată pe anul în curs",
        },
        rule="student",
        position=3,
    ),
    TicketTypeWrite(
        code="senior",
        name={"en": "Senior", "ro": "Pensionar"},
        note={
            "en": "From 65 years, or with a pensioner's card",
            "ro": "De la 65 de ani sau cu talon de pensie",
        },
        rule="senior",
        position=4,
    ),
    TicketTypeWrite(
        code="carer",
        name={"en": "Carer", "ro": "Însoțitor"},
        note={
            "en": "Free, with a ticket for a wheelchair place",
            "ro": "Gratuit, împreună cu un bilet pentru un loc de scaun rulant",
        },
        rule="carer",
        position=5,
    ),
)

_PRICES: Mapping[Card, Mapping[str, int]] = {
    "Weekday matinee": {"adult": 2200, "child": 1700, "student": 1700, "senior": 1500},
    "Weekday evening": {"adult": 3000, "child": 2200, "student": 2400, "senior": 2200},
    "Weekend": {"adult": 3400, "child": 2500, "student": 2800, "senior": 2700},
}


def price_cards() -> tuple[PriceCardWrite, ...]:
    return tuple(
        PriceCardWrite(
            name=name, rules=_rules(prices), fee_minor=_FEE_MINOR, tax_rate_bp=_TAX_RATE_BP
        )
        for name, prices in _PRICES.items()
    )


def _rules(prices: Mapping[str, int]) -> list[PriceRule]:
    rules = [PriceRule(ticket_type="carer", price_minor=0)]
    for code, price in prices.items():
        rules.append(PriceRule(ticket_type=code, price_minor=price))
        rules.extend(
            PriceRule(ticket_type=code, seat_kind=kind, price_minor=price + more)
            for kind, more in _DEARER.items()
        )
    return rules
