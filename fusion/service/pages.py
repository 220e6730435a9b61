"""What people and programs read about the service: a page made of its OpenAPI description, and a text for agents."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

TEXT = Path(__file__).with_name("agents.md")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark }
code, h2 { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 2.5rem 0 .25rem }
p { margin: .25rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top }
td { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
"""
EXAMPLES = {
    "/kitchen/{first}_{second}.{suffix}": "/kitchen/😀_🍕.png?size=512",
    "/metadata.json": "/metadata.json?emoji=😀",
    "/v2/featured": "/v2/featured?q=😀_🍕&collection=emoji_kitchen_v6",
    "/agents.md": "/agents.md",
}


def agents_text(address: str, count: int) -> str:
    """The text for agents. ``address``: of this server; ``count``: how many emoji there are."""
    return TEXT.read_text(encoding="utf-8").replace("{address}", address).replace("{count}", f"{count:,}")


def docs_html(schema: dict[str, Any], address: str) -> str:
    """The page. ``schema``: what OpenAPI says."""
    info = schema["info"]
    parts = [operation(path, methods["get"], address) for path, methods in schema["paths"].items()]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}: HTTP</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><main>'
        f"<h1>{escape(info['title'])} over HTTP</h1><p>{escape(info['description'])}</p>"
        '<p>Errors are <code>{"error": "one sentence"}</code>: 404 for an emoji that is not here, 422 for a query that '
        "cannot be, 503 with Retry-After when too many are fusing.</p>"
        f'<p><a href="{escape(address)}/openapi.json">openapi.json</a> has the same for programs.</p>'
        f"{''.join(parts)}</main></html>"
    )


def operation(path: str, told: dict[str, Any], address: str) -> str:
    """One address with its arguments and an example."""
    rows = "".join(argument(one) for one in told.get("parameters", []))
    table = (
        f"<table><tr><th>name</th><th>in</th><th>meaning</th><th>if left out</th></tr>{rows}</table>" if rows else ""
    )
    example = EXAMPLES.get(path)
    link = f'<p>Try <a href="{escape(address + example)}">{escape(example)}</a></p>' if example else ""
    about = f"<p>{escape(told['summary'])}. {escape(told.get('description', ''))}</p>"
    return f"<section><h2>GET {escape(path)}</h2>{about}{table}{link}</section>"


def argument(one: dict[str, Any]) -> str:
    """One row of a table."""
    default = one["schema"].get("default")
    left_out = "needed" if one.get("required") else "" if default is None else str(default).lower()
    cells = (f"<code>{escape(one['name'])}</code>", one["in"], escape(one.get("description", "")), escape(left_out))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
