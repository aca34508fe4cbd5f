"""The films of the demo: twenty that belong to everybody, with true facts, read from films.csv."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from backend.contracts.catalogue import FilmWrite

_TABLE = Path(__file__).with_name("films.csv")
SILENT = "zxx"


@dataclass(frozen=True, slots=True)
class Film:
    """A film; `appeal` (1 to 10) says how many people want to see it, which is our guess."""

    write: FilmWrite
    appeal: int

    @property
    def slug(self) -> str:
        return self.write.slug

    @property
    def runtime_minutes(self) -> int:
        return self.write.runtime_minutes

    @property
    def is_short(self) -> bool:
        return self.write.runtime_minutes < 30

    @property
    def language(self) -> str:
        return self.write.spoken_languages[0]

    @property
    def is_for_children(self) -> bool:
        return self.write.certificate == "AG"

    @property
    def is_for_adults(self) -> bool:
        return self.write.certificate.endswith("18")


@cache
def films() -> tuple[Film, ...]:
    """Read the table, in its order."""
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(_film(row) for row in csv.DictReader(lines))


def _film(row: dict[str, str]) -> Film:
    write = FilmWrite(
        slug=row["slug"],
        title={"en": row["title_en"], "ro": row["title_ro"]},
        original_title=row["original_title"],
        synopsis={"en": row["synopsis_en"], "ro": row["synopsis_ro"]},
        year=int(row["year"]),
        runtime_minutes=int(row["runtime_minutes"]),
        certificate=row["certificate"],
        directors=row["director"].split(", "),
        cast=row["cast"].split(";"),
        countries=[row["country"]],
        spoken_languages=[row["language"]],
        genres=row["genres"].split(";"),
        release_date=date.fromisoformat(row["release_date"]),
    )
    return Film(write, int(row["appeal"]))
