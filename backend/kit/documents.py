"""A service's `/docs`: its operations as one plain page that needs no script and no network."""

import hashlib
from base64 import b64encode
from html import escape
from typing import Any

from starlette.responses import HTMLResponse

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;"
    "color-scheme:light dark}h2{margin-top:2.5rem}code,pre{font:14px/1.5 ui-monospace,monospace}"
    "section{border-top:1px solid;padding:1rem 0}.m{font-weight:700;margin-right:.5rem}"
)
_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def operations_page(document: dict[str, Any]) -> HTMLResponse:
    """Render an OpenAPI document."""
    sections = "".join(
        _operation(path, method, operation)
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    )
    title = escape(document["info"]["title"])
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{escape(document['info'].get('description', ''))}</p>"
        '<p>The whole contract as <a href="/openapi.json">OpenAPI</a>.</p>'
        f"{sections}</html>"
    )
    policy = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    answers = ", ".join(escape(code) for code in operation.get("responses", {}))
    doors = " or ".join(escape(_door(each)) for each in operation.get("security", [{}]))
    return (
        f'<section><h3><span class="m">{escape(method.upper())}</span>'
        f"<code>{escape(path)}</code></h3>"
        f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
        f"<p>Needs: {doors}. Answers: {answers}</p></section>"
    )


def _door(requirement: dict[str, list[str]]) -> str:
    """Say what one way of calling needs: nothing, or schemes with the permissions they open by."""
    parts = [" ".join([name, *permissions]) for name, permissions in requirement.items()]
    return " and ".join(parts) or "nothing"
