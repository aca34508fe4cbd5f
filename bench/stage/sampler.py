"""Where the onebox spends its CPU: the stack of its loop's thread, looked at each 2 ms of CPU.

`PROFILE=1 make bench ONLY=a` opens the cinema with it and prints, after each line, the functions
that were on the stack most often. A profile slows what it looks at, so nothing is written then.
"""

import signal
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

_EVERY_S = 0.002
_ROOT = Path(__file__).resolve().parents[2]
_SHOWN = 30


class Sampler:
    """Counts functions: those that ran, and those that waited for what they had called."""

    def __init__(self) -> None:
        self.samples = 0
        self.own: Counter[str] = Counter()
        self.whole: Counter[str] = Counter()

    def start(self) -> None:
        """Begin, on the main thread."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)

    def take(self) -> dict[str, list[tuple[str, float]]]:
        """Return the shares since the last time, in percent of the samples."""
        found = {"own": self._shares(self.own), "with what they call": self._shares(self.whole)}
        self.samples = 0
        self.own.clear()
        self.whole.clear()
        return found

    def _look(self, _number: int, frame: FrameType | None) -> None:
        self.samples += 1
        names = list(_names(frame))
        self.own.update(names[:1])
        self.whole.update(set(names))

    def _shares(self, counts: Counter[str]) -> list[tuple[str, float]]:
        every = max(1, self.samples)
        return [(name, round(100 * count / every, 1)) for name, count in counts.most_common(_SHOWN)]


def _names(frame: FrameType | None) -> Iterable[str]:
    while frame is not None:
        code = frame.f_code
        yield f"{_short(code.co_filename)}:{code.co_qualname}"
        frame = frame.f_back


def _short(path: str) -> str:
    """Name a file by its place in the repository or in its package."""
    parts = Path(path).parts
    if path.startswith(str(_ROOT)) and "site-packages" not in parts:
        return "/".join(parts[len(_ROOT.parts) :])
    return "/".join(parts[-2:])
