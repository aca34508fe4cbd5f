"""Documents are kept by version, survive the loss of their folder, and cost nothing at import."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.ticket.documents.service import Documents
from tests.backend.ticket.builders import order


@pytest.fixture
async def documents(tmp_path) -> AsyncIterator[Documents]:
    made = Documents(tmp_path / "kept", keep=timedelta(days=1))
    await made.start()
    yield made
    await made.stop()


async def test_document_is_drawn_once_for_each_version(documents, tmp_path):
    first = await documents.pdf(order(1), "tickets")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(b"from the folder")

    again = await documents.pdf(order(1), "tickets")
    newer = await documents.pdf(order(1, version=2), "tickets")

    assert again == b"from the folder"
    assert newer == first


async def test_folder_that_vanished_is_no_loss(documents, tmp_path):
    first = await documents.pdf(order(1), "receipt")
    shutil.rmtree(tmp_path / "kept")

    assert await documents.pdf(order(1), "receipt") == first
    assert len(list((tmp_path / "kept").iterdir())) == 1


async def test_folder_that_cannot_be_is_no_loss(tmp_path):
    (tmp_path / "kept").write_text("a file stands where the folder belongs", "utf-8")
    made = Documents(tmp_path / "kept", keep=timedelta(days=1))
    await made.start()

    content = await made.pdf(order(1), "receipt")
    await made.tidy()
    await made.stop()

    assert content.startswith(b"%PDF-")


async def test_old_files_are_forgotten(documents, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    old, new = folder / "old.pdf", folder / "new.pdf"
    for path in (old, new):
        path.write_bytes(b"%PDF")
    long_ago = time.time() - 3 * 86400
    os.utime(old, (long_ago, long_ago))

    await documents.tidy()

    assert list(folder.iterdir()) == [new]


def test_service_does_not_import_what_draws():
    script = (
        "import sys, backend.ticket.app;"
        "print(sorted({'reportlab', 'qrcode', 'PIL'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
