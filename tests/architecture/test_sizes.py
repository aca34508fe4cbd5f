"""Files and functions stay small enough to be read at once, and modules are named by a noun."""

from tests.architecture.sources import EVERYTHING, Function, Source, refuse, written

_LINES_OF_A_FILE = 400
_LINES_OF_A_CONFTEST = 150
_LINES_OF_A_FUNCTION = 40
_POSITIONAL = 4
_NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "manager2"}


def long_files(sources: list[Source]) -> list[str]:
    caps = {"conftest": _LINES_OF_A_CONFTEST}
    return [
        f"{source.path}: {len(source.lines)} lines"
        for source in sources
        if len(source.lines) > caps.get(source.name, _LINES_OF_A_FILE)
    ]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def long_functions(sources: list[Source]) -> list[str]:
    return [
        source.at(function.lineno, f"{function.name}: {length(function)} lines")
        for source in sources
        for function in source.functions()
        if length(function) > _LINES_OF_A_FUNCTION
    ]


def positional(function: Function) -> list[str]:
    names = [argument.arg for argument in function.args.posonlyargs + function.args.args]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def wide_functions(sources: list[Source]) -> list[str]:
    """Return who takes too many by position and does not say why on its line.

    A test is free: pytest gives it its fixtures by name.
    """
    return [
        source.at(function.lineno, f"{function.name}: {len(positional(function))} by position")
        for source in sources
        for function in source.functions()
        if len(positional(function)) > _POSITIONAL and not function.name.startswith("test_")
        if "PLR0917 -- " not in source.comments.get(function.lineno, "")
    ]


def nameless(sources: list[Source]) -> list[str]:
    return [s.path for s in sources if _NAMELESS & set(s.path.removesuffix(".py").split("/"))]


def test_files_stay_below_the_cap():
    refuse(long_files(EVERYTHING))


def test_functions_stay_below_the_cap():
    refuse(long_functions(EVERYTHING))


def test_functions_take_few_arguments_by_position():
    refuse(wide_functions(EVERYTHING))


def test_modules_say_what_they_hold():
    refuse(nameless(EVERYTHING))


def test_the_caps_are_measured():
    body = "\n".join("    x = 1" for _ in range(_LINES_OF_A_FUNCTION))
    long = Source("a/b.py", f"def f(a, b, c, d, e):\n{body}\n")
    fits = Source("a/b.py", f"def f(self, a, b, c, d, *, e):\n{body[:-10]}\n")

    assert long_functions([long, fits]) == ["a/b.py:1 f: 41 lines"]
    assert wide_functions([long, fits]) == ["a/b.py:1 f: 5 by position"]
    assert long_files([Source("a/b.py", "x\n" * 401), Source("a/b.py", "x\n" * 400)]) == [
        "a/b.py: 401 lines"
    ]
    assert long_files([Source("a/conftest.py", "x\n" * 151)]) == ["a/conftest.py: 151 lines"]


def test_a_module_without_a_noun_is_found():
    bad = [written("", path) for path in ("web/utils.py", "backend/common/seats.py")]

    assert nameless([*bad, written("", "backend/kit/uncommon.py")]) == [s.path for s in bad]
