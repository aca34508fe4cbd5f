"""The templates of one language, compiled so that what is the same on every page costs nothing.

A text whose key stands in the template, an icon and the address of a file are put into the
compiled template, already escaped. Only what depends on the visitor or the cinema is looked at for
each page.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from brand.icons import icon
from brand.logo import logo
from brand.texts import texts
from web.static_files import StaticFiles, regular_font

_TEMPLATES = Path(__file__).parent / "templates"
_MOST = 2_000
Fixed = Mapping[str, Callable[..., Any]]


@cache
def templates(language: str, *, is_reloading: bool = False) -> Environment:
    """Return the process's templates of a language, so that each is compiled once."""
    fixed: dict[str, Callable[..., Any]] = {
        "t": texts(language),
        # Drawn once: the letters of the logo cost more than the rest of a page.
        "icon": cache(lambda name, **options: Markup(icon(name, **options))),  # noqa: S704 -- ours
        "logo": cache(lambda **options: Markup(logo(**options))),  # noqa: S704 -- ours
        "asset": StaticFiles(is_reloading=is_reloading).address,
    }
    environment = _Templates({} if is_reloading else fixed, auto_reload=is_reloading)
    environment.globals.update(
        fixed,
        language=language,
        regular_font=regular_font(),
        remembered=Remembered() if not is_reloading else _anew,
    )
    environment.filters.update(
        country_of=lambda code, t: _named(t.country_name, code),
        language_of=lambda code, t: _named(t.language_name, code),
    )
    return environment


class Remembered:
    """What macros wrote, by a name: written again when its value is another than the last time.

    The value must hold everything that the macro looks at and that can change.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[Hashable, tuple[object, str]] = {}

    def __call__(
        self, name: Hashable, value: object, macro: Callable[..., str], *args: object
    ) -> str:
        """Return what the macro writes for this value."""
        known = self._kept.get(name)
        if known is not None and known[0] == value:
            return known[1]
        self._kept.pop(name, None)
        while len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        written = macro(*args)
        self._kept[name] = (value, written)
        return written


def _anew(_name: Hashable, _value: object, macro: Callable[..., str], *args: object) -> str:
    return macro(*args)


class _Generator(CodeGenerator):
    """Calls texts and their formats without looking whether they want the template's context."""

    def visit_Call(  # noqa: N802 -- the library's name
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,  # noqa: FBT001, FBT002 -- the library's
    ) -> None:
        """Write a call."""
        if forward_caller or not _is_of_texts(node.node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.plainly(")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")


class _Templates(Environment):
    code_generator_class = _Generator

    def __init__(self, fixed: Fixed, *, auto_reload: bool) -> None:
        super().__init__(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=auto_reload,
        )
        self._fixed = fixed

    @staticmethod
    def plainly(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call a function that knows nothing of templates."""
        return function(*args, **options)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 -- the library's
    ) -> str:
        return super()._generate(_Folding(self._fixed).visit(source), name, filename, defer_init)


class _Folding(NodeTransformer):
    """Puts the result of a call in its place where everything that it is given is written there."""

    def __init__(self, fixed: Fixed) -> None:
        self._fixed = fixed

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 -- the library's name
        """Return what the call gives, or the call."""
        self.generic_visit(node)
        given = [*node.args, *(pair.value for pair in node.kwargs)]
        is_known = (
            isinstance(node.node, nodes.Name)
            and node.node.name in self._fixed
            and node.dyn_args is node.dyn_kwargs is None
            and all(isinstance(value, nodes.Const) for value in given)
        )
        if not is_known or not isinstance(node.node, nodes.Name):
            return node
        value = self._fixed[node.node.name](
            *(each.value for each in node.args if isinstance(each, nodes.Const)),
            **{
                each.key: each.value.value
                for each in node.kwargs
                if isinstance(each.value, nodes.Const)
            },
        )
        return nodes.Const(value, lineno=node.lineno)


def _is_of_texts(node: nodes.Node) -> bool:
    """Say whether this is `t` or a method of it, which in our templates is nothing else."""
    owner = node.node if isinstance(node, nodes.Getattr) else node
    return isinstance(owner, nodes.Name) and owner.name == "t"


def _named(name: Callable[[str], str], code: str) -> str:
    """Return the name of a code; what is no code, a film's owner wrote as words."""
    try:
        return name(code)
    except KeyError:
        return code
