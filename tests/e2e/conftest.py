"""One cinema and one Chromium for all browser tests; a failure leaves a picture of every page."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.support.onebox import OpenCinema, open_cinema, temporary_folder

ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
# What keeps Chromium from asking the network for things that no test needs.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WAIT_MS = 15_000
expect.set_options(timeout=_WAIT_MS)
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def cinema() -> Iterator[OpenCinema]:
    """The open cinema; its doors open a month early, so that a fresh ticket can be admitted."""
    with (
        temporary_folder() as folder,
        open_cinema(folder, MM_TICKET_DOORS_OPEN_BEFORE="P30D") as found,
    ):
        yield found


@pytest.fixture(scope="session")
def program() -> str:
    """The machine's own Chromium; without one the tests skip by name, before anything starts."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: sudo apt install chromium")
    return found


@pytest.fixture(scope="session")
def playwright(program: str) -> Iterator[Playwright]:
    """Playwright's driver, which a machine without a browser may not even be able to start."""
    assert program
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright, program) -> Iterator[Browser]:
    """One Chromium for all."""
    chromium = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
    yield chromium
    chromium.close()


@pytest.fixture
def visitor(browser, cinema, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Make visitors, each with cookies of their own: `visitor()`, `visitor(javascript=False)`."""
    contexts: list[BrowserContext] = []

    def arrive(*, javascript: bool = True, language: str = "en-GB", **options: object) -> Page:
        context = browser.new_context(
            base_url=cinema.site,
            java_script_enabled=javascript,
            locale=language,
            timezone_id="Europe/Bucharest",
            **{"viewport": {"width": 1280, "height": 900}, **options},
        )
        context.set_default_timeout(_WAIT_MS)
        contexts.append(context)
        page: Page = context.new_page()
        return page

    yield arrive
    if request.node.stash.get(FAILED, False):
        _keep_pictures(request.node.name, contexts)
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor) -> Page:
    """One visitor's page."""
    found: Page = visitor()
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that the visitor's fixture can take pictures."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def _keep_pictures(name: str, contexts: list[BrowserContext]) -> None:
    folder = ARTIFACTS / name.replace(os.sep, "_")
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        # A page that is on its way elsewhere has no picture; the others still have theirs.
        with suppress(Error):
            page.screenshot(path=folder / f"{number}.png", full_page=True)
            (folder / f"{number}.html").write_text(page.content(), "utf-8")
