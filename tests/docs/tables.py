"""Writes the tables of docs/ that come from the code: `python -m tests.docs.tables`, `make docs`.

A table stands between `<!-- table: NAME -->` and `<!-- end of table -->`. Where a table's last
column is written by hand, its cells are kept by the row's first cell.
"""

import inspect
import re
from collections.abc import Callable, Sequence

from backend.audit.checker import INVARIANTS
from tests.docs import facts
from tests.docs.pages import ROOT, Page, pages, read, rows, with_tables

Row = tuple[str, ...]
_DECISION = re.compile(r"^(\d{4})-.+\.md$")


def table(head: Row, body: Sequence[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *body]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def first_line(thing: type) -> str:
    """Return a class's docstring as one cell."""
    return " ".join((inspect.getdoc(thing) or "").split())


def kept(old: str, body: Sequence[Row]) -> list[Row]:
    """Add each row's last cell as it was written by hand; a new row's is empty."""
    by_key = {cells[0]: cells[-1] for cells in rows(old)}
    return [(*cells, by_key.get(cells[0], "")) for cells in body]


def settings_table(name: str, old: str) -> str:
    settings = facts.settings_of(facts.settings_classes()[name])
    body = [(f"`{setting.name}`", setting.default) for setting in settings]
    return table(("Setting", "Default", "Meaning"), kept(old, body))


def problems_table(module: str, _old: str) -> str:
    body = [
        (f"`{kind.__name__}`", str(kind.status), first_line(kind), kind.detail)
        for kind in facts.problems()[module]
    ]
    return table(("Code", "Status", "When", "What it says to do"), body)


def messages_table(_name: str, old: str) -> str:
    body = [
        (
            f"`{one.message.TYPE}`",
            ", ".join(one.senders),
            ", ".join(one.hearers),
            first_line(one.message),
            ", ".join(f"`{field}`" for field in one.message.model_fields),
        )
        for one in facts.traffic()
    ]
    head = ("Message", "From", "To", "Meaning", "Payload", "Late, twice or out of order")
    return table(head, kept(old, body))


def make_table(_name: str, _old: str) -> str:
    body = [(f"`make {name}`", sentence) for name, sentence in facts.make_targets().items()]
    return table(("Command", "What it does"), body)


def commands_table(_name: str, _old: str) -> str:
    body = [
        (f"`{facts.usage(name, command)}`", " ".join((command.help or "").split()))
        for name, command in facts.commands().items()
    ]
    return table(("Command", "What it does"), body)


def addresses_table(_name: str, _old: str) -> str:
    body = [(f"`{path}`", methods, meaning) for path, methods, meaning in facts.addresses()]
    return table(("Address", "Method", "What"), body)


def permissions_table(_name: str, _old: str) -> str:
    body = [(f"`{name}`", ", ".join(roles)) for name, roles in facts.permissions().items()]
    return table(("Operation", "Roles"), body)


def invariants_table(_name: str, old: str) -> str:
    body = [
        (
            each.name,
            each.title,
            ", ".join((*each.needs, *each.also)),
            "always" if each.is_starred else "when settled",
        )
        for each in INVARIANTS
    ]
    head = ("No.", "What holds", "It reads", "When", "A finding means, and what to do")
    return table(head, kept(old, body))


def decisions_table(_name: str, _old: str) -> str:
    body = []
    for path in sorted((ROOT / "docs/decisions").iterdir()):
        if number := _DECISION.match(path.name):
            (title,) = read(path).headings(1)
            body.append(
                (number[1], f"[{title.partition('. ')[2]}]({path.name})", *head_of(path.name))
            )
    return table(("No.", "Decision", "Status", "Area"), body)


def head_of(name: str) -> tuple[str, str]:
    text = (ROOT / "docs/decisions" / name).read_text("utf-8")
    status, area = (
        re.search(rf"^- {word}: (.+)$", text, re.MULTILINE) for word in ("Status", "Area")
    )
    return (status[1] if status else "", area[1] if area else "")


WRITERS: dict[str, Callable[[str, str], str]] = {
    "settings": settings_table,
    "problems": problems_table,
    "messages": messages_table,
    "make": make_table,
    "commands": commands_table,
    "addresses": addresses_table,
    "permissions": permissions_table,
    "invariants": invariants_table,
    "decisions": decisions_table,
}


def written(page: Page) -> str:
    """Return the page with its tables as the code has them now."""
    bodies = {}
    for name, old in page.tables().items():
        family, _, which = name.partition(":")
        bodies[name] = WRITERS[family](which, old)
    return with_tables(page.text, bodies)


def main() -> None:
    for page in pages():
        fresh = written(page)
        if fresh != page.text:
            page.path.write_text(fresh, "utf-8")
            print(f"wrote {page.name}")  # noqa: T201 -- tells what was changed


if __name__ == "__main__":
    main()
