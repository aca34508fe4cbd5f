"""Runs the layers of tests, quickest first, and ends with one table.

`python -m tests.layers [--only LAYER] [PATH …]`; with paths alone only those tests run, in one go.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table

_UNIT = "not integration and not e2e and not faults"
_NOTHING = 5


@dataclass(frozen=True)
class Layer:
    """A layer: its mark, and on how many processes it runs."""

    name: str
    mark: str
    workers: str


@dataclass
class Verdict:
    """What a layer came to."""

    layer: Layer
    code: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skips: list[tuple[str, str]] = field(default_factory=list)


LAYERS = (
    Layer("unit", _UNIT, "2"),
    Layer("integration", "integration", "2"),
    Layer("faults", "faults", "0"),
    Layer("e2e", "e2e", "0"),
)


def main() -> int:
    """Run and report; return 0 when everything passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=[layer.name for layer in LAYERS])
    parser.add_argument("paths", nargs="*")
    options = parser.parse_args()
    if options.paths and options.only is None:
        return subprocess.call([sys.executable, "-m", "pytest", *options.paths])
    chosen = [layer for layer in LAYERS if options.only in {None, layer.name}]
    verdicts = [_run(layer, options.paths) for layer in chosen]
    _report(verdicts)
    is_ci = os.environ.get("CI") == "true"
    is_bad = any(v.code or v.failed or (is_ci and v.skips) for v in verdicts)
    passed, failed = sum(v.passed for v in verdicts), sum(v.failed for v in verdicts)
    skipped = sum(len(v.skips) for v in verdicts)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")  # noqa: T201 -- the verdict
    return 1 if is_bad or not passed else 0


def _run(layer: Layer, paths: Sequence[str]) -> Verdict:
    print(f"\n== {layer.name} ==", flush=True)  # noqa: T201 -- progress
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = ["-q", "-m", layer.mark, f"--junitxml={report}", *paths]
        if layer.workers != "0":
            words += ["-n", layer.workers, "--dist", "loadfile"]
        code = subprocess.call([sys.executable, "-m", "pytest", *words])
        verdict = Verdict(layer, 0 if code == _NOTHING else code, time.monotonic() - began)
        if report.exists():
            _read(report, verdict)
    return verdict


def _read(report: Path, verdict: Verdict) -> None:
    for case in ET.parse(report).iter("testcase"):
        skip = case.find("skipped")
        name = f"{case.get('classname')}::{case.get('name')}"
        if skip is not None:
            verdict.skips.append((name, skip.get("message", "")))
        elif case.find("failure") is not None or case.find("error") is not None:
            verdict.failed += 1
        else:
            verdict.passed += 1


def _report(verdicts: list[Verdict]) -> None:
    table = Table("layer", "passed", "failed", "skipped", "seconds", title="Tests")
    for v in verdicts:
        counts = (str(v.passed), str(v.failed), str(len(v.skips)))
        table.add_row(v.layer.name, *counts, f"{v.seconds:.0f}")
    console = Console()
    console.print(table)
    for v in verdicts:
        for name, reason in v.skips:
            console.print(f"skipped: {name}: {reason}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
