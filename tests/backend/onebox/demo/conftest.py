"""A furnished cinema in process, small enough to be sold out in seconds."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend.onebox.demo import furnishing, visitors
from backend.onebox.demo.films import films
from backend.onebox.demo.programme import Showing
from tests.backend.onebox.demo.rig import Rig, open_rig


@pytest.fixture
async def rig(tmp_path: Path, database_of: Callable[[str], str]) -> AsyncIterator[Rig]:
    """Every service that sells, without furniture."""
    async with open_rig(tmp_path, database_of) as opened:
        yield opened


@pytest.fixture
async def small(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """A cinema with one screening yesterday, one that begins now and one tomorrow."""
    begins = datetime.now(furnishing.ZONE).replace(second=0, microsecond=0)

    def one_a_day(day: date, _films: object, _rooms: object, _zone: ZoneInfo) -> list[Showing]:
        found = [
            _showing(day, number, begins + timedelta(days=ahead))
            for number, ahead in enumerate((-1, 0, 1))
        ]
        return [s for s in found if furnishing.business_day(s.starts_at) == day]

    for module in (furnishing, visitors):
        monkeypatch.setattr(module, "DAYS_PAST", 1)
        monkeypatch.setattr(module, "DAYS_AHEAD", 1)
    monkeypatch.setattr(furnishing, "plan", one_a_day)
    await rig.keeper.furnish()
    return rig


def _showing(day: date, number: int, local_start: datetime) -> Showing:
    film = films()[number]
    starts_at = local_start.astimezone(UTC)
    return Showing(
        business_day=day,
        room="Salon",
        slot=0,
        film=film,
        starts_at=starts_at,
        trailers_minutes=5,
        free_again_at=starts_at + timedelta(minutes=film.runtime_minutes + 20),
        format="2D",
        subtitles="ro",
        price_card="Weekend",
    )
