"""Reasons as trees: drawn on a terminal, indented text when piped, JSON when asked."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from app import database
from app.cli import output
from app.cli.cells import cell
from app.database import Connection


def show_reason(connection: Connection, reason: dict[str, Any], *, as_json: bool) -> None:
    """Print what api.why and its like returned."""
    if as_json:
        output.print_json(output.presentable(reason))
    elif output.on_terminal():
        Console().print(_tree(reason))
    else:
        lines = database.call(connection, "tree", p_why=reason)
        for line in [lines] if isinstance(lines, str) else [row["tree"] for row in lines]:
            print(cell(line))


def _tree(reason: dict[str, Any]) -> Tree:
    tree = Tree(Text(cell(reason["says"])), guide_style="dim")
    for because in reason.get("because", ()):
        tree.children.append(_tree(because))
    return tree
