"""What the movies tests hold in their hands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI

from backend.client.movies import MoviesClient
from backend.contracts.orders import LineChoice, OrderCreate, OrderRead
from backend.movies.parts import Parts
from tests.support.cinema import SmallCinema
from tests.support.keys import guest_token


@dataclass
class Rig:
    """The service, its parts, its cinema, and ways to call it."""

    app: FastAPI
    parts: Parts
    cinema: SmallCinema
    http: httpx2.AsyncClient
    client: MoviesClient

    async def hold(
        self, seats: list[int], *, token: str | None = None, key: str | None = None
    ) -> OrderRead:
        """Hold seats as a guest."""
        return await self.client.create_order(
            self.order(seats), token=token or guest_token(), key=key or uuid4().hex
        )

    def order(self, seats: list[int], ticket_type: str = "adult") -> OrderCreate:
        """Return the body of an order."""
        return OrderCreate(
            screening_id=self.cinema.screening,
            lines=[LineChoice(seat=seat, ticket_type=ticket_type) for seat in seats],
        )

    async def post(self, body: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send an order as it is."""
        return await self.http.post("/orders", json=body, headers=headers)

    async def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Read the database directly."""
        async with self.parts.database.connection() as connection:
            return await (await connection.execute(statement, values)).fetchall()

    async def claims(self, order_id: UUID) -> list[tuple[int, str]]:
        """Return seat and state of an order's claims."""
        rows = await self.rows(
            "SELECT seat_id, state FROM seat_claim WHERE order_id = %s ORDER BY 1", order_id
        )
        return [(row["seat_id"], row["state"]) for row in rows]
