"""Assets, roots, closure, and what a materialization must come to (A1 to A12)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from histories.model.graph import Broken, Graph, Subject

_READS = {"segment_followers": "followers", "segment_followed": "following"}  # A5
_OF_TWO = ("segment_mutuals", "segment_unreciprocated_followed")
SUBJECT_KINDS = (*_READS, *_OF_TWO)


@dataclass(frozen=True)
class Asset:
    """A1, A2: a kind with its one param (a subject's id, a stable key, a source), and whose own it is."""

    kind: str
    param: str | Asset
    scope: Asset | None = None

    @cached_property
    def params_hash(self) -> str:
        """A2: the same on every database; docs/model.md has the form."""
        if isinstance(self.param, Asset):
            return _hash("rookery 1", self.kind, f"source={self.param.params_hash}")
        name = "stable_key" if self.kind == "segment_specified_users" else "subject_id"
        return _hash("rookery 1", self.kind, f"{name}={self.param}")

    @cached_property
    def identity(self) -> str:
        """A2: of what belongs to a source alone, with that one's."""
        if self.scope is None:
            return self.params_hash
        return _hash("rookery 1 scoped", self.params_hash, self.scope.params_hash)

    @cached_property
    def dependencies(self) -> dict[str, Asset]:
        """A1: what it is made from; what a scoped one is made from is shared (A2)."""
        if isinstance(self.param, Asset):
            return {"source": self.param}
        roles = ("followers", "followed") if self.kind in _OF_TWO else ()
        return {role: Asset(f"segment_{role}", self.param) for role in roles}

    def __hash__(self) -> int:
        return hash(self.identity)


def _hash(*lines: str) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


class Windows(NamedTuple):
    """A3: what a root asks for expressly: how fresh, how often read in full, and at how much doubt."""

    fresh: float | None = None
    reconcile: float | None = None
    doubt: float | None = None


@dataclass(frozen=True)
class Root:
    """A3: what is kept fresh, and of a fanout which target for each member."""

    asset: Asset
    target_kind: str | None = None
    mode: str | None = None

    def target(self, user_id: int) -> Asset:
        """A2, A3: shared with whoever asks for the same, or the source's own."""
        scope = self.asset if self.mode == "scoped_by_source" else None
        return Asset(str(self.target_kind), str(user_id), scope)


@dataclass(frozen=True)
class Success:
    """A7: one completed materialization, and what it read (A12)."""

    id: int
    members: frozenset[int]
    revision: int
    inputs: Any
    pinned: dict[str, int]  # by role: the revision of the dependency that was read


@dataclass
class Assets:
    """Roots, closure, and what each asset's members are by definition."""

    graph: Graph
    enabled: dict[Root, Windows] = field(default_factory=dict)
    listed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    edits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    successes: dict[Asset, list[Success]] = field(default_factory=lambda: defaultdict(list))

    def members(self, asset: Asset) -> frozenset[int]:
        """A10: the snapshot is what the last success left."""
        return self.successes[asset][-1].members if self.successes[asset] else frozenset()

    def ever(self, asset: Asset) -> set[int]:
        """A9: who was a member before."""
        return {item for success in self.successes[asset] for item in success.members}

    def wanted(self) -> dict[Asset, set[Root]]:
        """A3, A4: the closure of the enabled roots, their fanouts and what all of these are made from."""
        wants: dict[Asset, set[Root]] = defaultdict(set)

        def want(asset: Asset, root: Root) -> None:
            wants[asset].add(root)
            for dependency in asset.dependencies.values():
                want(dependency, root)

        for root in self.enabled:
            want(root.asset, root)
            for user_id in self.members(root.asset) if root.target_kind else ():
                want(root.target(user_id), root)
        return wants

    def edit(self, key: str, listed: set[int], unlisted: set[int]) -> None:
        """A1: an operator's edit of a set; one that changes nothing is none (G8)."""
        after = (self.listed[key] | listed) - unlisted
        self.edits[key] += after != self.listed[key]
        self.listed[key] = after

    def needs(self, asset: Asset, source: frozenset[int]) -> set[Subject]:
        """A5: the syncs that must be fresh; `source` is the pinned membership that a corpus is made from."""
        if asset.kind == "segment_specified_users":
            return {("users", user_id) for user_id in self.listed[str(asset.param)]}
        if asset.kind == "post_corpus_for_segment":
            return {("posts", user_id) for user_id in source}
        return {(_READS[asset.kind], int(str(asset.param)))} if asset.kind in _READS else set()

    def definition(self, asset: Asset, pinned: dict[str, frozenset[int]]) -> frozenset[int]:
        """A1: who or what belongs, by the graph as it is and the pinned memberships."""
        if asset.kind == "segment_specified_users":
            return frozenset(self.listed[str(asset.param)] & self.graph.users.keys())  # A14
        if asset.kind == "post_corpus_for_segment":
            posts = self.graph.posts.items()
            return frozenset(i for i, p in posts if p.deleted_at is None and p.author in pinned["source"])
        if asset.kind == "segment_mutuals":
            return pinned["followers"] & pinned["followed"]
        if asset.kind == "segment_unreciprocated_followed":
            return pinned["followed"] - pinned["followers"]
        return frozenset(self.graph.listed(_READS[asset.kind], int(str(asset.param))))

    def inputs(self, asset: Asset, source: frozenset[int]) -> Any:
        """A6: moves when what the asset reads of the graph, or of its set, has moved."""
        needs = self.needs(asset, source)
        moved = tuple(sorted((need, self.graph.moved[need]) for need in needs if need in self.graph.moved))
        return (self.edits[str(asset.param)], moved) if asset.kind == "segment_specified_users" else moved

    def succeed(self, asset: Asset, number: int, pins: dict[str, Success]) -> Success:
        """A6, A8: what a materialization must come to."""
        last = self.successes[asset][-1] if self.successes[asset] else None
        memberships = {role: pin.members for role, pin in pins.items()}
        inputs = self.inputs(asset, memberships.get("source", frozenset()))
        revisions = {role: pin.revision for role, pin in pins.items()}
        if last is not None and (last.inputs, last.pinned) == (inputs, revisions):
            raise Broken(f"A6: materialization {number} of {asset} was not needed")
        members = self.definition(asset, memberships)
        revision = last.revision + (members != last.members) if last else int(bool(members))
        self.successes[asset].append(Success(number, members, revision, inputs, revisions))
        return self.successes[asset][-1]

    def is_current(self, asset: Asset) -> bool:
        """A6: whether the last success read all that there is to read."""
        if not self.successes[asset]:
            return False
        latest = {role: self.successes[d][-1] for role, d in asset.dependencies.items() if self.successes[d]}
        source = latest["source"].members if "source" in latest else frozenset()
        last, revisions = self.successes[asset][-1], {role: s.revision for role, s in latest.items()}
        return (last.inputs, last.pinned) == (self.inputs(asset, source), revisions)
