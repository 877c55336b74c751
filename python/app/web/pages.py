"""The OpenAPI document as a page to read: made here, without a script of anybody's."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; }
h2 { margin-top: 2.5rem; text-transform: capitalize; } h3 { margin-bottom: 0; font-weight: 600; }
code { font: 14px ui-monospace, monospace; } table { border-collapse: collapse; margin: .5rem 0; }
td { padding: .15rem 1rem .15rem 0; vertical-align: top; } p { margin: .25rem 0; } summary { color: #666; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } a { color: #8cf; } }
"""
# Nothing is loaded from anywhere, and nothing runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def render(document: dict[str, Any]) -> str:
    """The document as HTML."""
    operations = [(path, each["get"]) for path, each in document["paths"].items()]
    operations.sort(key=lambda pair: str(pair[1]["tags"][0]))
    groups = [
        f"<h2>{escape(group)}</h2>" + "".join(_operation(path, each) for path, each in members)
        for group, members in groupby(operations, key=lambda pair: str(pair[1]["tags"][0]))
    ]
    schemas = document["components"]["schemas"]
    shapes = "".join(_shape(name, schema) for name, schema in sorted(schemas.items()))
    info = document["info"]
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(info['title'])} API</title><style>{STYLE}</style>"
        f"<h1>{escape(info['title'])} API</h1><p>{escape(info['description'])}</p>"
        "<p>Every request carries <code>Authorization: Bearer TOKEN</code>. "
        "The same as a document: <a href='openapi.json'>openapi.json</a>.</p>"
        f"{''.join(groups)}<h2>Shapes</h2>{shapes}</html>"
    )


def _operation(path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code><td>{escape(_kind(each['schema']))}"
        f"<td>{'required. ' if each['required'] else ''}{escape(each.get('description', ''))}"
        for each in operation["parameters"]
    )
    content = dict(operation["responses"]["200"]["content"])
    gives = [_kind(content.pop("application/json")["schema"]), *content]
    return (
        f"<h3><code>GET {escape(path)}</code></h3><p>{escape(operation['summary'])}.</p>"
        f"<table>{rows}</table><p>Gives {escape(', '.join(gives))}.</p>"
    )


def _shape(name: str, schema: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(field)}</code><td>{escape(_kind(each))}"
        for field, each in schema.get("properties", {}).items()
    )
    about = escape(schema.get("description", ""))
    head = f"<summary><code>{escape(name)}</code></summary>"
    return f"<details>{head}<p>{about}</p><table>{rows}</table></details>"


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
