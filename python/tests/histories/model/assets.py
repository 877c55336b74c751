"""Assets, roots, closure, and what a materialization must come to (A1 to A12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from histories.model.graph import Graph, Subject

_READS = {"segment_followers": "followers", "segment_followed": "following"}  # A5
_OF_TWO = ("segment_mutuals", "segment_unreciprocated_followed")
SUBJECT_KINDS = (*_READS, *_OF_TWO)


class Asset(NamedTuple):
    """A1, A2: a kind with its one param (a subject's id, a stable key, a source), and whose own it is."""

    kind: str
    param: str | Asset
    scope: Asset | None = None

    @property
    def dependencies(self) -> dict[str, Asset]:
        """A1: what it is made from; what a scoped one is made from is shared (A2)."""
        if isinstance(self.param, Asset):
            return {"source": self.param}
        roles = ("followers", "followed") if self.kind in _OF_TWO else ()
        return {role: Asset(f"segment_{role}", self.param) for role in roles}


@cache
def identity_of(asset: Asset) -> str:
    """A2: the same on every database; of what belongs to a source alone, with that one's. In hex."""
    if asset.scope is not None:
        lines = ["rookery 1 scoped", identity_of(asset._replace(scope=None)), identity_of(asset.scope)]
    elif isinstance(asset.param, Asset):
        lines = ["rookery 1", asset.kind, "source=" + identity_of(asset.param)]
    else:
        name = "stable_key" if asset.kind == "segment_specified_users" else "subject_id"
        lines = ["rookery 1", asset.kind, f"{name}={asset.param}"]
    return sha256("\n".join(lines).encode()).hexdigest()


class Windows(NamedTuple):
    """A3: what a root asks for expressly: how fresh, how often read in full, and at how much doubt."""

    fresh: float | None = None
    reconcile: float | None = None
    doubt: float | None = None


class Root(NamedTuple):
    """A3: what is kept fresh, and of a fanout which target for each member."""

    asset: Asset
    target_kind: str | None = None
    mode: str | None = None

    def target(self, user_id: int) -> Asset:
        """A2, A3: shared with whoever asks for the same, or the source's own."""
        scope = self.asset if self.mode == "scoped_by_source" else None
        return Asset(str(self.target_kind), str(user_id), scope)


class Success(NamedTuple):
    """A7: one completed materialization; A6: `read` moves when anything moves that it is made from."""

    id: int = 0
    members: frozenset[int] = frozenset()
    revision: int = 0
    read: tuple[Any, ...] = ()


@dataclass
class Assets:
    """Roots, closure, and what each asset's members are by definition."""

    graph: Graph
    enabled: dict[Root, Windows] = field(default_factory=dict)
    sets: dict[str, list[set[int]]] = field(default_factory=lambda: defaultdict(lambda: [set()]))  # A1: edits
    successes: dict[Asset, list[Success]] = field(default_factory=lambda: defaultdict(list))

    def last(self, asset: Asset) -> Success:
        """A10: the snapshot is what the last success left."""
        return self.successes[asset][-1] if self.successes[asset] else Success()

    def ever(self, asset: Asset) -> set[int]:
        """A9: who was a member before."""
        return {item for success in self.successes[asset] for item in success.members}

    def wanted(self) -> dict[Asset, set[Root]]:
        """A3, A4: the closure of the enabled roots, their fanouts and what all of these are made from."""
        wants: dict[Asset, set[Root]] = defaultdict(set)
        for root in self.enabled:
            members = self.last(root.asset).members if root.target_kind else ()
            asked = [root.asset, *map(root.target, members)]
            while asked:
                asset = asked.pop(0)
                wants[asset].add(root)
                asked[:0] = asset.dependencies.values()
        return wants

    def edit(self, key: str, listed: set[int]) -> None:
        """A1: an operator's edit of a set; one that changes nothing is none (G8)."""
        if listed != self.sets[key][-1]:
            self.sets[key].append(listed)

    def needs(self, asset: Asset, source: frozenset[int]) -> set[Subject]:
        """A5: the syncs that must be fresh; `source` is the pinned membership that a corpus is made from."""
        if asset.kind == "segment_specified_users":
            return {("users", user_id) for user_id in self.sets[str(asset.param)][-1]}
        if asset.kind == "post_corpus_for_segment":
            return {("posts", user_id) for user_id in source}
        return {(_READS[asset.kind], int(str(asset.param)))} if asset.kind in _READS else set()

    def definition(self, asset: Asset, pins: dict[str, Success]) -> frozenset[int]:
        """A1: who or what belongs, by the graph as it is and the pinned memberships."""
        graph, pinned = self.graph, {role: pin.members for role, pin in pins.items()}
        if asset.kind == "segment_mutuals":
            return pinned["followers"] & pinned["followed"]
        if asset.kind == "segment_unreciprocated_followed":
            return pinned["followed"] - pinned["followers"]
        if asset.kind == "post_corpus_for_segment":
            posts = (i for i, author in graph.authors.items() if author in pinned["source"])
            return frozenset(i for i in posts if graph.is_there("posts", i))
        if asset.kind == "segment_specified_users":
            return frozenset(self.sets[str(asset.param)][-1] & graph.users.keys())  # A14
        return frozenset(graph.listed(_READS[asset.kind], int(str(asset.param))))

    def inputs(self, asset: Asset, pins: dict[str, Success]) -> tuple[Any, ...]:
        """A6: what an asset reads of the graph, of its set and of its dependencies, by how often it moved."""
        needs = self.needs(asset, pins["source"].members if "source" in pins else frozenset())
        moved = {need: self.graph.moved[need] for need in needs if need in self.graph.moved}
        edits = len(self.sets[str(asset.param)]) if asset.kind == "segment_specified_users" else 0
        return edits, moved, {role: pin.revision for role, pin in pins.items()}

    def succeed(self, asset: Asset, number: int, pins: dict[str, Success]) -> Success:
        """A8: what a materialization must come to."""
        last, members = self.last(asset), self.definition(asset, pins)
        revision = last.revision + (members != last.members)
        self.successes[asset].append(Success(number, members, revision, self.inputs(asset, pins)))
        return self.successes[asset][-1]

    def is_current(self, asset: Asset, pins: dict[str, Success] | None = None) -> bool:
        """A6: whether the last success has read all that there is to read, of these pins or the latest."""
        latest = {role: self.last(dependency) for role, dependency in asset.dependencies.items()}
        return self.last(asset).read == self.inputs(asset, pins or latest)
