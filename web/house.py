"""The cinema that the site shows, for the frame of every page: its name, its zone, who sells."""

import asyncio
from contextlib import suppress

from backend.client.movies import MoviesClient
from backend.contracts.catalogue import CinemaRead
from backend.contracts.problems import Problem

_PAUSE_S = 1.0


class House:
    """Knows the cinema once movies has told it; until then the frame does without."""

    def __init__(self, movies: MoviesClient, slug: str, *, pause_s: float = _PAUSE_S) -> None:
        self._movies = movies
        self._slug = slug
        self._pause_s = pause_s
        self._task: asyncio.Task[None] | None = None
        self.cinema: CinemaRead | None = None

    async def start(self) -> None:
        """Begin to ask; movies may start later than the site."""
        self._task = asyncio.create_task(self._ask(), name="house")

    async def stop(self) -> None:
        """Stop asking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def told(self, cinema: CinemaRead) -> None:
        """Take over what another answer of movies says about the cinema."""
        self.cinema = cinema

    async def _ask(self) -> None:
        while self.cinema is None:
            with suppress(Problem):
                found = await self._movies.cinemas()
                self.cinema = next((c for c in found.cinemas if c.slug == self._slug), None)
            await asyncio.sleep(self._pause_s)
