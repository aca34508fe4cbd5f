"""The pages, one module each; a module gives its addresses by `routes()`."""

from importlib import import_module
from pkgutil import iter_modules

from starlette.routing import Route


def routes() -> list[Route]:
    """Return the addresses of every page in this folder, by the names of their modules."""
    found: list[Route] = []
    for module in sorted(iter_modules(__path__), key=lambda module: module.name):
        found += import_module(f"{__name__}.{module.name}").routes()
    return found
