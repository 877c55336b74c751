"""Lays the graph around an asset out as nested lists: what it is made from, and what is made from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.database import Row


@dataclass(frozen=True, slots=True)
class Node:
    """An asset, the edge by which it is reached, and what it is made from in turn.

    No edge: it is where one stands. One that is in the picture already is not laid out again: `is_again`.
    """

    instance_id: int
    edge: Row | None = None
    syncs: list[Row] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    is_again: bool = False


def made_from(instance_id: int, edges: Iterable[Row]) -> Node:
    """The asset with all that it is made from."""
    rows = list(edges)
    return _node(instance_id, None, rows, set())


def makes(edges: Iterable[Row]) -> list[Row]:
    """The edges to what is made from it."""
    return [row for row in edges if row["edge"] == "makes"]


def _node(instance_id: int, edge: Row | None, edges: list[Row], seen: set[int]) -> Node:
    if instance_id in seen:
        return Node(instance_id, edge, is_again=True)
    seen.add(instance_id)
    own = [row for row in edges if row["instance_id"] == instance_id]
    below = {(row["role"], row["other_id"]): row for row in own if row["edge"] == "made_from"}
    return Node(
        instance_id,
        edge,
        [row for row in own if row["edge"] == "needs"],
        [_node(other_id, row, edges, seen) for (_, other_id), row in below.items()],
    )
