"""Links lead somewhere, commands exist, code shown is code that runs, and versions agree."""

import ast
import re
import textwrap
import tomllib

import pytest

from tests.docs import facts
from tests.docs.pages import ROOT, Page, anchor, pages, read

PAGES = {page.name: page for page in pages()}
_WRITTEN = (
    *(
        "architecture",
        "configuration",
        "index",
        "messages",
        "payments",
        "performance",
        "problems",
        "running",
    ),
    *("seats", "testing", "tickets", "web", "decisions/index"),
)
WANTED = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *(f"docs/{name}.md" for name in _WRITTEN),
)
_CODE = re.compile(r"`([^`\n]+)`")
_PLACE = re.compile(r"^(?:backend|brand|cli|deploy|docs|locale|tests|ticketcode|web)/[\w./-]+$")
_SHELL = ("sh", "console", "shell")
# What a reader types besides our own commands.
_FOREIGN = {"git", "cd", "sudo", "brew", "curl", "kill", "pytest", "ruff"}


def broken_links(page: Page) -> list[str]:
    broken = []
    for link in page.links():
        path, _, part = link.partition("#")
        if "://" in link or link.startswith("mailto:"):
            continue
        target = page.path if not path else (page.path.parent / path).resolve()
        known = (
            PAGES.get(target.relative_to(ROOT).as_posix()) if target.is_relative_to(ROOT) else None
        )
        if not target.exists() or (part and (known is None or part not in known.anchors())):
            broken.append(link)
    return broken


def unknown_commands(page: Page) -> list[str]:
    """Return the commands that a reader could not type."""
    targets, commands = facts.make_targets(), facts.commands()
    unknown = []
    for line in "".join(page.blocks(*_SHELL)).splitlines():
        words = [word for word in line.partition("#")[0].split() if not re.match(r"[A-Z_]+=", word)]
        if not words:
            continue
        name = words[0].rpartition("/")[2]
        if name == "make":
            is_known = all(word in targets for word in words[1:])
        elif name == "moviemesh":
            is_known = len(words) > 1 and words[1] in commands
        else:
            is_known = name in _FOREIGN
        if not is_known:
            unknown.append(line)
    return unknown


def source_of(place: str) -> str:
    """Return the code of a function or class, or of the whole file."""
    path, _, name = place.partition(":")
    text = (ROOT / path).read_text("utf-8")
    if not name:
        return text
    (node,) = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if node.name == name
    ]
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))


@pytest.mark.parametrize("name", WANTED)
def test_page_is_there(name):
    assert name in PAGES


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_links_lead_somewhere(page):
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_files_that_are_named_exist(page):
    named = {place for code in _CODE.findall(page.prose) for place in _PLACE.findall(code)}

    assert {place for place in named if not (ROOT / place).exists()} == set()


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_commands_exist(page):
    assert unknown_commands(page) == []


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_code_shown_is_code_that_is_tested(page):
    shown = page.snippets()

    assert [place for place, code in shown if code.strip() != source_of(place).strip()] == []
    if page.name == "ticketcode/README.md":
        return  # run by test_readme_of_the_ticket_code
    # Python without a place would be code that nothing runs.
    assert len(page.blocks("python")) == len(
        [p for p, _ in shown if p.partition(":")[0][-3:] == ".py"]
    )


def test_every_page_is_reached_from_the_index():
    reached = {
        (ROOT / "docs" / link.partition("#")[0]).resolve()
        for link in PAGES["docs/index.md"].links()
        if "://" not in link
    }
    docs = {page.path for page in PAGES.values() if page.path.parent == ROOT / "docs"}

    assert docs - reached - {ROOT / "docs/index.md"} == set()


@pytest.mark.parametrize("folder", ["", "ticketcode/"])
def test_changelog_begins_with_the_version(folder):
    changelog = read(ROOT / f"{folder}CHANGELOG.md")
    version = tomllib.loads((ROOT / f"{folder}pyproject.toml").read_text())["project"]["version"]

    assert re.match(rf"\[?{re.escape(version)}\]?\b", changelog.headings(2)[0])


def test_licence_is_the_one_that_is_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (ROOT / "LICENSE").read_text("utf-8")

    assert project["license"] == "Apache-2.0"
    assert text.split()[:5] == ["Apache", "License", "Version", "2.0,", "January"]
    assert "END OF TERMS AND CONDITIONS" in text


def test_a_broken_link_is_found():
    page = Page(ROOT / "docs/index.md", "[a](nowhere.md) [b](running.md) [c](running.md#nothing)")

    assert broken_links(page) == ["nowhere.md", "running.md#nothing"]


def test_an_unknown_command_is_found():
    text = (
        "```sh\nmake run PORTS=+100  # opens\nmake coffee\nmoviemesh fly\nX=1 moviemesh run\n```\n"
    )

    assert unknown_commands(Page(ROOT / "a.md", text)) == ["make coffee", "moviemesh fly"]


def test_anchors_are_made_as_readers_of_markdown_make_them():
    assert anchor("Where state lives: `MM_DATA`") == "where-state-lives-mm_data"
