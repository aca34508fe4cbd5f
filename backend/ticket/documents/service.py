"""Gives the PDFs of an order: drawn in a worker thread, kept in a folder that may vanish.

A file's name holds the version of the order's tickets, so a kept file is never out of date.
"""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from backend.kit.logs import logger
from backend.ticket.documents.drawing import Document
from backend.ticket.issuing.facts import PaidOrder

_log = logger(__name__)
# Counts the changes of the drawing, so that a new release does not show old pages.
_LOOK = 3


class Documents:
    """Draws one document at a time, because drawing takes a processor."""

    EVERY = timedelta(hours=1)

    def __init__(self, folder: Path, *, keep: timedelta) -> None:
        self._folder = folder
        self._keep = keep
        self._worker: ThreadPoolExecutor | None = None

    async def start(self) -> None:
        """Make the thread that draws."""
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="documents")

    async def stop(self) -> None:
        """Finish the page in hand."""
        if self._worker is not None:
            await asyncio.to_thread(self._worker.shutdown, wait=True, cancel_futures=True)
            self._worker = None

    async def tidy(self) -> None:
        """Forget old files."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._tidy)

    async def pdf(self, order: PaidOrder, document: Document) -> bytes:
        """Return a document of an order as it is now."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, self._kept_or_drawn, order, document)

    def _kept_or_drawn(self, order: PaidOrder, document: Document) -> bytes:
        path = self._folder / f"{order.id}-{order.version}-{document}-{_LOOK}.pdf"
        try:
            return path.read_bytes()
        except OSError:
            content = _draw(order, document)
        try:
            self._keep_file(path, content)
        except OSError as error:
            _log.warning("documents cannot be kept", error=str(error))
        return content

    def _keep_file(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)

    def _tidy(self) -> None:
        try:
            oldest = time.time() - self._keep.total_seconds()
            for path in self._folder.glob("*.p*"):
                if path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("documents cannot be tidied", error=str(error))


def _draw(order: PaidOrder, document: Document) -> bytes:
    from backend.ticket.documents.rendering import (  # noqa: PLC0415 -- reportlab on first use
        render,
    )

    return render(order, document)
