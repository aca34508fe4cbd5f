"""The written pages of the repository: their links, headings, snippets and generated tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(
    r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\""
)
_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(<!-- table: ([\w:-]+) -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)
_SNIPPET = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def prose(self) -> str:
        """The text without its code blocks."""
        return _FENCE.sub("", self.text)

    def links(self) -> list[str]:
        return [next(filter(None, found)) for found in _LINK.findall(self.prose)]

    def anchors(self) -> set[str]:
        return {anchor(title) for _, title in _HEADING.findall(self.prose)}

    def headings(self, level: int) -> list[str]:
        return [title for marks, title in _HEADING.findall(self.prose) if len(marks) == level]

    def blocks(self, *languages: str) -> list[str]:
        return [code for language, code in _FENCE.findall(self.text) if language in languages]

    def tables(self) -> dict[str, str]:
        return {name: body for _, name, body, _ in _TABLE.findall(self.text)}

    def snippets(self) -> list[tuple[str, str]]:
        """Return pairs of a place (`path:name`) and the code shown from it."""
        return _SNIPPET.findall(self.text)


def anchor(title: str) -> str:
    """Return the name that a heading gets as the target of a link."""
    kept = re.sub(r"[^\w\- ]", "", title.strip().lower())
    return kept.replace(" ", "-")


def read(path: Path) -> Page:
    return Page(path, path.read_text("utf-8"))


def pages() -> Iterator[Page]:
    """Yield every page that a reader may open."""
    places = ("*.md", "docs/**/*.md", "ticketcode/*.md", "deploy/**/*.md")
    for place in places:
        yield from (read(path) for path in sorted(ROOT.glob(place)))


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table's rows, without its head."""
    lines = [line.strip() for line in table.strip().splitlines() if line.strip().startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in lines[2:]]


def with_tables(text: str, write: dict[str, str]) -> str:
    """Return the text with the bodies of its tables replaced."""
    return _TABLE.sub(lambda m: f"{m[1]}{write.get(m[2], m[3])}{m[4]}", text)
