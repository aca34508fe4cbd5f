"""Plants a bug in a copy of the tree and runs there what must catch it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.faults.controls.bugs import Bug

ROOT = Path(__file__).resolve().parents[3]
_COPIED = ("backend", "brand", "cli", "locale", "tests", "ticketcode", "web", "pyproject.toml")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "artifacts", ".hypothesis")
_LIMIT_S = 400
_INVARIANT = re.compile(r"^\w+: (I\d+)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Catch:
    """What became of a bug: the tests that failed, and the invariants that were broken."""

    failed: tuple[str, ...]
    broken: tuple[str, ...]
    output: str

    def shows(self, bug: Bug) -> bool:
        """Say whether this is the catch of that bug, and not just any failure."""
        return bool(self.failed) and (not bug.signs or bool(set(bug.signs) & set(self.broken)))

    @property
    def told(self) -> str:
        """Say by what it was caught."""
        return ", ".join([*self.broken, *self.failed])


def copied(folder: Path) -> Path:
    """Copy what runs, and nothing else."""
    tree = folder / "tree"
    tree.mkdir()
    for name in _COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=_LEFT_OUT)
        else:
            shutil.copyfile(source, tree / name)
    return tree


def plant(bug: Bug, tree: Path) -> None:
    """Apply the edits; raises AssertionError for one whose text is not there exactly once."""
    for edit in bug.edits:
        path = tree / edit.path
        text = path.read_text("utf-8")
        assert text.count(edit.old) == 1, f"{bug.name}: {edit.path} has changed"
        path.write_text(text.replace(edit.old, edit.new), "utf-8")


def run(bug: Bug, tree: Path, seed: int) -> Catch:
    """Run the tests that must catch a bug, until one does, on the copy."""
    catch = Catch((), (), "")
    for test in bug.caught_by:
        catch = _run(bug, tree, test, seed)
        if catch.shows(bug):
            break
    return catch


def environment(tree: Path, bug: Bug, seed: int) -> dict[str, str]:
    """Return an environment in which the copy, and not the checkout, is imported."""
    kept = {name: value for name, value in os.environ.items() if name not in {"ONLY", "CI"}}
    paths = os.pathsep.join([str(tree), str(tree / "ticketcode")])
    return {**kept, **bug.settings, "PYTHONPATH": paths, "SCALE": "quick", "SEED": str(seed)}


def _run(bug: Bug, tree: Path, test: str, seed: int) -> Catch:
    found = tree.parent / "report.xml"
    found.unlink(missing_ok=True)
    words = ["-q", "-p", "no:cacheprovider", f"--junitxml={found}", test]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *words],
        cwd=tree,
        env=environment(tree, bug, seed),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        # As by Ctrl-C: its fixtures close the cinema.
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate()
    cases = list(ET.parse(found).iter("testcase")) if found.exists() else []
    failed = [str(case.get("name")) for case in cases if case.find("failure") is not None]
    return Catch(tuple(failed), tuple(sorted(set(_INVARIANT.findall(output)))), output)
