"""A payment attempt: one try to pay an order at a provider."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.contracts.schema import Currency, Language, Minor, Read, Strict

CloseReason = Literal["buyer", "deadline", "void"]


class AttemptState(StrEnum):
    """Where an attempt stands; the rank never goes down."""

    CREATED = "CREATED"
    AT_PROVIDER = "AT_PROVIDER"
    AUTHORISED = "AUTHORISED"
    CAPTURING = "CAPTURING"
    CAPTURED = "CAPTURED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class CheckoutLine(Strict):
    """A line as the provider's page shows it."""

    line_no: int
    name: str
    gross_minor: Minor


class CheckoutOpen(Strict):
    """Open attempt `attempt` of an order: everything the provider's page needs."""

    order_id: UUID
    attempt: Annotated[int, Field(ge=1, le=99)]
    reference: str
    cinema_id: UUID
    screening_key: int
    seats: list[int]
    language: Language
    currency: Currency
    amount_minor: Annotated[int, Field(ge=1, le=100_000_000)]
    lines: list[CheckoutLine]
    email: str | None
    return_url: str
    cancel_url: str


class CheckoutRead(Read):
    """An attempt as movies sees it."""

    order_id: UUID
    attempt: int
    state: AttemptState
    version: int
    url: str | None
    failure: str | None
    captured_minor: Minor
    refunded_minor: Minor


class RefundRead(Read):
    """A refund as it stands at the provider."""

    refund_id: UUID
    order_id: UUID
    attempt: int
    amount_minor: Minor
    state: Literal["REQUESTED", "PENDING", "SUCCEEDED", "FAILED"]
    requested_at: datetime
