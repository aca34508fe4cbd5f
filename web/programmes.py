"""The programme as it was last seen: what the site still shows when movies does not answer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from backend.client.movies import MoviesClient
from backend.contracts.catalogue import Programme
from backend.contracts.problems import Unavailable
from backend.contracts.schema import Language
from web.house import House

_MOST = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """A programme and when it was true; `is_old` where movies did not answer now."""

    programme: Programme
    at: datetime
    is_old: bool = False


class Programmes:
    """Asks movies, and remembers the newest answers in this process."""

    def __init__(self, movies: MoviesClient, cinema: str, house: House) -> None:
        self._movies = movies
        self._cinema = cinema
        self._house = house
        self._seen: dict[tuple[Language, date | None], Seen] = {}

    async def read(self, day: date | None, language: Language) -> Seen:
        """Return a day's programme, an old one if need be; raises Unavailable if none is known."""
        try:
            programme = await self._movies.programme(self._cinema, day, language)
        except Unavailable:
            known = self._seen.get((language, day))
            if known is None:
                raise
            return Seen(known.programme, known.at, is_old=True)
        self._house.told(programme.cinema)
        seen = Seen(programme, datetime.now(UTC))
        self._remember((language, day), seen)
        return seen

    def _remember(self, key: tuple[Language, date | None], seen: Seen) -> None:
        self._seen.pop(key, None)
        self._seen[key] = seen
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]
