"""`moviemesh demo`: buys on the running cinema, or sends it a crowd for a minute."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import httpx2
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from backend.contracts.problems import Problem
from backend.onebox import ports, state
from backend.onebox.demo.crowd import crowd
from backend.onebox.demo.keeper import Addresses
from backend.onebox.folders import folders
from cli.purchase import buy_two
from cli.terminal import WRONG, say_done, say_problem
from cli.visitor import PageWrong, Visitor

_CROWD_S = 60.0
_TIMEOUT_S = 20.0


class NotOpen(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """There is no cinema to buy at."""


def buy(console: Console, url: str, folder: Path) -> int:
    """Buy two tickets, keep the PDF in `folder`; return the exit code."""

    async def act() -> None:
        site = url.rstrip("/") or _here()[0]
        with _progress(console) as progress:
            task = progress.add_task("", total=None)
            async with _client() as http:
                bought = await buy_two(
                    Visitor(http), site, lambda what: progress.update(task, description=what)
                )
        path = folder / f"moviemesh-{bought.reference}.pdf"
        path.write_bytes(bought.pdf)
        say_done(console, f"Bought two tickets, reference {bought.reference}.")
        console.print(f"The order page:  {bought.order_url}", soft_wrap=True)
        console.print(f"The tickets:     {path}", soft_wrap=True)
        console.print(f'Check them:      moviemesh check-ticket "{path}"', soft_wrap=True)

    return _run(console, act)


def send_crowd(console: Console, url: str, _folder: Path) -> int:
    """Send visitors for a minute, so that the maps are seen moving; return the exit code."""

    async def act() -> None:
        if url:
            raise NotOpen("A crowd goes only to the cinema that runs here. Leave --url out.")
        site, addresses = _here()
        console.print(f"Open a screening of tonight at {site}/en and watch its map.")
        with _progress(console) as progress:
            task = progress.add_task("Visitors", total=_CROWD_S)

            def report(what: str, done: int, total: int) -> None:
                progress.update(task, description=what, completed=done, total=total)

            async with _client() as http:

                async def guest() -> str:
                    return await _guest_token(site)

                await crowd(addresses, http, guest, seconds=_CROWD_S, report=report)

    return _run(console, act)


def _run(console: Console, act: Callable[[], Coroutine[None, None, None]]) -> int:
    try:
        asyncio.run(act())
    except (NotOpen, PageWrong, Problem) as problem:
        say_problem(console, problem)
        return WRONG
    except httpx2.TransportError as error:
        say_problem(console, f"The cinema does not answer ({error}). Is `make run` still open?")
        return WRONG
    return 0


def _here() -> tuple[str, Addresses]:
    """Return where the cinema of this checkout runs; raises NotOpen."""
    found = state.running(folders())
    if found is None:
        raise NotOpen("No cinema is open here. Open it with `make run` in another terminal.")
    inner = {name: f"http://127.0.0.1:{port + found.offset}" for name, port in ports.BASE.items()}
    site = f"http://localhost:{ports.BASE['web'] + found.offset}"
    return site, Addresses(movies=inner["movies"], simulator=inner["simulator"])


async def _guest_token(site: str) -> str:
    """Visit the site for the first time; its cookie is a guest's signed token."""
    async with _client() as http:
        await http.get(f"{site}/en/find")
        for cookie in http.cookies.jar:
            if cookie.value is not None and cookie.value.count(".") == 2:
                return cookie.value
    raise NotOpen("The site gave no guest's cookie. Look at its log.")


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
    return Progress(*columns, console=console, transient=True)
