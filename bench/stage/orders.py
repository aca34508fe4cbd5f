"""Requests for orders of two seats, spread over screenings: each by a guest who is new."""

import json
from collections.abc import Iterator, Sequence
from itertools import count
from uuid import UUID, uuid4

import httpx2

from bench.load.plans import request
from bench.stage.cinema import Stage


class Orders:
    """Hands out pairs of seats that nobody had, screening by screening in turn."""

    def __init__(self, stage: Stage, screenings: Sequence[UUID]) -> None:
        self._stage = stage
        self._screenings = screenings
        self._numbers = count()

    def requests(self, many: int) -> Iterator[bytes]:
        """Return so many requests for the service's POST /orders."""
        for token in self._stage.guests.tokens(many):
            number = next(self._numbers)
            pair, screening = divmod(number, len(self._screenings))
            yield order_request(token, self._screenings[screening], 2 * pair + 1)


def order_request(token: str, screening: UUID, first_seat: int) -> bytes:
    """Write the request for two neighbouring seats."""
    body = {
        "screening_id": str(screening),
        "lines": [{"seat": first_seat}, {"seat": first_seat + 1}],
        "language": "en",
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    return request(
        "POST", "/orders", headers=headers, body=json.dumps(body, separators=(",", ":")).encode()
    )


def place(stage: Stage, screening: UUID, first_seat: int) -> dict[str, object]:
    """Place one order alone, as a new guest, and return the answer."""
    [token] = stage.guests.tokens(1)
    answer = httpx2.post(
        f"{stage.address('movies')}/orders",
        json={
            "screening_id": str(screening),
            "lines": [{"seat": first_seat}, {"seat": first_seat + 1}],
            "language": "en",
        },
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
        trust_env=False,
    )
    placed: dict[str, object] = answer.raise_for_status().json()
    return placed
