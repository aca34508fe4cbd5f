"""The one typeface, Source Sans: found in its package, subset to WOFF2 for browsers.

`python -m brand.fonts [FOLDER]` writes the files; a file that is there already is left alone.
"""

import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Weight = Literal["regular", "semibold", "bold", "black"]
WEB_WEIGHTS: Mapping[Weight, int] = {"regular": 400, "semibold": 600, "bold": 700}
BUILT = Path(__file__).resolve().parent / "built"

# Basic Latin, Latin-1, Latin Extended-A, comma-below ș and ț, punctuation, currency, arrows, marks.
_RANGES = "20-7E,A0-17F,218-21B,2C6-2C7,2D8-2DD,2010-2027,2030-203A,2044,20A0-20BF,2116,2122"
_SIGNS = "2190-2193,2212,2248,2260,2264-2265,25A0-25CF,2713"
_FEATURES = ("kern", "mark", "mkmk", "liga", "locl", "ccmp", "case", "tnum", "lnum", "pnum", "frac")


def ttf_path(weight: Weight) -> Path:
    """Return the whole font file, for PDFs and for drawing letters."""
    package = find_spec("font_source_sans_pro")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package font-source-sans-pro is not installed")
    return Path(package.origin).parent / "files" / f"SourceSansPro-{weight.capitalize()}.ttf"


def build(folder: Path = BUILT) -> dict[Weight, Path]:
    """Write the subsets that are not there yet and return where each weight is."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[Weight, Path] = {weight: folder / file_name(weight) for weight in WEB_WEIGHTS}
    for weight, path in paths.items():
        if not path.exists():
            _subset(ttf_path(weight), path)
    return paths


@cache
def file_name(weight: Weight) -> str:
    """Return a name that changes with the content, so that browsers may keep the file for ever."""
    content = hashlib.sha256(ttf_path(weight).read_bytes())
    content.update(repr((_RANGES, _SIGNS, _FEATURES)).encode())
    return f"source-sans-{weight}-{content.hexdigest()[:10]}.woff2"


def font_face_css(prefix: str) -> str:
    """Return the @font-face rules for the subsets served under `prefix`, such as /static/fonts."""
    return "\n".join(
        "@font-face {\n"
        '  font-family: "Source Sans Pro";\n'
        f"  font-weight: {number};\n"
        "  font-style: normal;\n"
        "  font-display: swap;\n"
        f'  src: url("{prefix.rstrip("/")}/{file_name(weight)}") format("woff2");\n'
        "}"
        for weight, number in WEB_WEIGHTS.items()
    )


def _subset(source: Path, target: Path) -> None:
    # fontTools' subsetter takes a third of a second to import and is needed once per installation.
    from fontTools.subset import Options, Subsetter, load_font, save_font  # noqa: PLC0415 -- see above

    options = Options(flavor="woff2", layout_features=list(_FEATURES), hinting=False)
    options.drop_tables += ["DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_unicodes())
    # A half-written file must never be served, nor taken for a finished one.
    unfinished = target.with_suffix(".part")
    with load_font(str(source), options) as font:
        subsetter.subset(font)
        save_font(font, str(unfinished), options)
    unfinished.replace(target)


def _unicodes() -> set[int]:
    spans = (part.split("-") for part in f"{_RANGES},{_SIGNS}".split(","))
    return {code for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


if __name__ == "__main__":
    for built in build(*map(Path, sys.argv[1:2])).values():
        sys.stdout.write(f"{built}\n")
