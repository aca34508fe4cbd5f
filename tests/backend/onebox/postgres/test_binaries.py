"""Which PostgreSQL is found, and what is said when none fits."""

import stat
from pathlib import Path

import pytest

from backend.onebox.postgres import binaries
from backend.onebox.postgres.problems import PostgresMissing


def programs(folder: Path, version: str) -> Path:
    """Make a folder that looks like PostgreSQL's programs."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} (PostgreSQL) {version}"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


def test_wheel_can_be_chosen(monkeypatch):
    monkeypatch.setenv("MM_POSTGRES", "wheel")

    found = binaries.find()

    assert "pgserver" in str(found.folder)
    assert Path(found.program("initdb")).exists()


def test_folder_of_programs_can_be_chosen(monkeypatch, tmp_path):
    folder = programs(tmp_path / "bin", "16.4 (Debian 16.4-1)")
    monkeypatch.setenv("MM_POSTGRES", str(folder))

    assert binaries.find() == binaries.Binaries(folder, 16)


@pytest.mark.parametrize("version", ["13.1", "19beta1", "nonsense"])
def test_other_versions_are_passed_over(monkeypatch, tmp_path, version):
    monkeypatch.setenv("MM_POSTGRES", str(programs(tmp_path / "bin", version)))

    with pytest.raises(PostgresMissing, match="make install"):
        binaries.find()


def test_folder_without_initdb_is_passed_over(monkeypatch, tmp_path):
    folder = programs(tmp_path / "bin", "16.4")
    (folder / "initdb").unlink()
    monkeypatch.setenv("MM_POSTGRES", str(folder))

    with pytest.raises(PostgresMissing):
        binaries.find()


def test_data_of_another_version_names_the_version_that_it_needs(monkeypatch, tmp_path):
    monkeypatch.setenv("MM_POSTGRES", str(programs(tmp_path / "bin", "16.4")))

    with pytest.raises(PostgresMissing, match=r"PostgreSQL 15.*RESET=1"):
        binaries.find(made_by=15)
