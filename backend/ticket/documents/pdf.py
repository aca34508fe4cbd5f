"""A PDF file, written object by object: the same content is the same bytes.

What all documents begin with, their fonts, is written once per process and copied.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

_HEADER = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
# Less than half the time of the usual 6, for a fiftieth more bytes in all.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the reader's outline, leading to the top of a page."""

    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Description:
    """What a reader shows of the document apart from its pages."""

    title: str
    author: str
    subject: str
    language: str


@dataclass(frozen=True, slots=True)
class Content:
    """The pages as drawn, all of one size in points; `fonts` are the names that they use."""

    pages: Sequence[str]
    size: tuple[float, float]
    fonts: str
    bookmarks: Sequence[Bookmark]


class Pdf:
    """Collects numbered objects and gives the finished file."""

    def __init__(self, written: bytes | bytearray = _HEADER, starts: Sequence[int] = ()) -> None:
        self._written = bytearray(written)
        self._starts = list(starts)

    def copy(self) -> Self:
        """Return another file with the same objects."""
        return type(self)(self._written, self._starts)

    @property
    def next(self) -> int:
        """The number of the object that is added next."""
        return len(self._starts) + 1

    def add(self, content: bytes | str) -> int:
        """Write an object; return its number."""
        number = self.next
        self._starts.append(len(self._written))
        body = content.encode() if isinstance(content, str) else content
        self._written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        return number

    def finish(self, content: Content, description: Description) -> bytes:
        """Write the pages and what belongs to them; return the whole file."""
        drawn = [self.add(stream(zlib.compress(page.encode(), _LEVEL))) for page in content.pages]
        tree = self.next + len(drawn)
        pages = [self.add(f"<</Type/Page/Parent {tree} 0 R/Contents {one} 0 R>>") for one in drawn]
        width, height = content.size
        self.add(
            f"<</Type/Pages/Count {len(pages)}/Kids[{_references(pages)}]"
            f"/MediaBox[0 0 {width:.4f} {height:.4f}]/Resources<</Font<<{content.fonts}>>>>>>"
        )
        outline = self._outline(content.bookmarks, pages)
        root = self.add(
            f"<</Type/Catalog/Pages {tree} 0 R/Outlines {outline} 0 R"
            f"/Lang ({description.language})/ViewerPreferences<</DisplayDocTitle true>>>>"
        )
        about = self.add(
            f"<</Title {_text(description.title)}/Author {_text(description.author)}"
            f"/Subject {_text(description.subject)}/Creator(MovieMesh)/Producer(MovieMesh)>>"
        )
        return self._closed(root, about)

    def _outline(self, bookmarks: Sequence[Bookmark], pages: Sequence[int]) -> int:
        outline = self.next
        first, last = outline + 1, outline + len(bookmarks)
        self.add(f"<</Type/Outlines/First {first} 0 R/Last {last} 0 R/Count {len(bookmarks)}>>")
        for number, one in enumerate(bookmarks, start=first):
            before = f"/Prev {number - 1} 0 R" if number > first else ""
            after = f"/Next {number + 1} 0 R" if number < last else ""
            place = f"[{pages[one.page]} 0 R/Fit]"
            title = _text(one.title)
            self.add(f"<</Title {title}/Parent {outline} 0 R/Dest{place}{before}{after}>>")
        return outline

    def _closed(self, root: int, about: int) -> bytes:
        table = "".join(f"{start:010d} 00000 n \n" for start in self._starts)
        name = sha256(self._written).hexdigest()[:32]
        at, size = len(self._written), self.next
        self._written += (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer\n<</Size {size}/Root {root} 0 R/Info {about} 0 R/ID[<{name}><{name}>]>>\n"
            f"startxref\n{at}\n%%EOF\n"
        ).encode()
        return bytes(self._written)


def stream(compressed: bytes, facts: str = "") -> bytes:
    """Return the object of compressed content; `facts` are further entries of its dictionary."""
    head = f"<</Filter/FlateDecode/Length {len(compressed)}{facts}>>stream\n".encode()
    return b"%b%b\nendstream" % (head, compressed)


def _references(numbers: Sequence[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)


def _text(text: str) -> str:
    """Write a text string in a form that needs no escapes."""
    return f"<FEFF{text.encode('utf-16-be').hex()}>"
