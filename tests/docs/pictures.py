"""Takes the picture of the README from a cinema that is open: `python -m tests.docs.pictures URL`.

Three true screens stand side by side: the programme, a seat map with two seats chosen, and the
tickets on a phone, bought in between with a test card.
"""

import shutil
import sys
from base64 import b64encode

from playwright.sync_api import Browser, Page, sync_playwright

from tests.docs.pages import ROOT
from tests.e2e.pages.card import CardPage
from tests.e2e.pages.order import OrderPage
from tests.e2e.pages.programme import ProgrammePage
from tests.e2e.pages.seats import SeatsPage

_WIDE = {"width": 1180, "height": 1580}
_PHONE = {"width": 390, "height": 844}
_FRAME = """<!doctype html><style>
body{margin:0;padding:44px;display:grid;grid-template-columns:1fr 1fr 390px;gap:32px;width:1632px;
background:#efe7dc;align-items:start}
img{display:block;width:100%;border-radius:14px;box-shadow:0 12px 40px #1b102355}
</style>"""


def main(site: str) -> None:
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        shots = _wide(browser, site), _seats(browser, site), _tickets(browser, site)
        _framed(browser, shots)
        browser.close()


def _page(browser: Browser, site: str, size: dict[str, int], **options: object) -> Page:
    context = browser.new_context(base_url=site, viewport=size, locale="en-GB", **options)  # type: ignore[arg-type]  # -- sizes and flags of Playwright
    page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def _wide(browser: Browser, site: str) -> bytes:
    page = _page(browser, site, _WIDE)
    ProgrammePage(page).open().open_a_coming_day()
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def _seats(browser: Browser, site: str) -> bytes:
    page = _page(browser, site, _WIDE)
    programme = ProgrammePage(page).open().open_a_coming_day()
    later = programme.screenings[len(programme.screenings) // 2 :]
    # One of the evening with seats left: rooms fill while the picture is taken.
    for address in later:
        page.goto(address)
        if page.locator("#party-size").count():
            break
    SeatsPage(page).take_best(2)
    page.mouse.move(0, 0)
    return page.screenshot()


def _tickets(browser: Browser, site: str) -> bytes:
    page = _page(browser, site, _PHONE, device_scale_factor=1, has_touch=True)
    ProgrammePage(page).open().open_a_coming_day().choose_screening()
    seats = SeatsPage(page)
    seats.take_best(2)
    seats.hold()
    OrderPage(page).is_here().give_email("visitor@mesh.example").pay()
    CardPage(page).is_here().pay_with("success")
    OrderPage(page).is_here().has_tickets(2)
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def _framed(browser: Browser, shots: tuple[bytes, ...]) -> None:
    page = browser.new_page(viewport={"width": 1720, "height": 800})
    images = "".join(f'<img src="data:image/png;base64,{b64encode(s).decode()}">' for s in shots)
    page.set_content(_FRAME + images)
    page.screenshot(path=ROOT / "docs/pictures/site.png", full_page=True)


if __name__ == "__main__":
    main(sys.argv[1])
