"""Assets, roots, closure, and what a materialization must come to (A1 to A12)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from histories.model.graph import Broken, Graph, Subject

SUBJECT_KINDS = (
    "segment_followers",
    "segment_followed",
    "segment_mutuals",
    "segment_unreciprocated_followed",
)


@dataclass(frozen=True)
class Asset:
    """A1, A2: a kind with its one param (a subject's id, a stable key, a source), and whose own it is."""

    kind: str
    param: str | Asset
    scope: Asset | None = None

    @property
    def params(self) -> dict[str, Any]:
        """As operators give them."""
        if isinstance(self.param, Asset):
            return {"source": {"kind": self.param.kind, "params": self.param.params}}
        return {"stable_key" if self.kind == "segment_specified_users" else "subject_id": self.param}

    @cached_property
    def params_hash(self) -> str:
        """A2: the same on every database; see docs/model.md."""
        ((name, _),) = self.params.items()
        value = self.param.params_hash if isinstance(self.param, Asset) else self.param
        return _sha256(f"rookery 1\n{self.kind}\n{name}={value}")

    @cached_property
    def identity(self) -> str:
        """A2: of what belongs to a source alone, with that one's."""
        if self.scope is None:
            return self.params_hash
        return _sha256(f"rookery 1 scoped\n{self.params_hash}\n{self.scope.params_hash}")

    @property
    def dependencies(self) -> dict[str, Asset]:
        """A1: what it is made from; what a scoped one is made from is shared (A2)."""
        if isinstance(self.param, Asset):
            return {"source": self.param}
        if self.kind in ("segment_mutuals", "segment_unreciprocated_followed"):
            return {role: Asset(f"segment_{role}", self.param) for role in ("followers", "followed")}
        return {}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Root:
    """A3: what is kept fresh, how fresh, and of a fanout which target for each member."""

    asset: Asset
    target_kind: str | None = None
    mode: str | None = None

    def target(self, user_id: int) -> Asset:
        """A2, A3: shared with whoever asks for the same, or the source's own."""
        assert self.target_kind is not None
        return Asset(self.target_kind, str(user_id), self.asset if self.mode == "scoped_by_source" else None)


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
    """Roots, closure, and what each asset's members are by definition (A1 to A12)."""

    graph: Graph
    enabled: dict[Root, float | None] = field(default_factory=dict)  # with the window asked for expressly
    listed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    edits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    successes: dict[Asset, list[Success]] = field(default_factory=lambda: defaultdict(list))
    ever: dict[Asset, set[int]] = field(default_factory=lambda: defaultdict(set))

    def members(self, asset: Asset) -> frozenset[int]:
        """A10: the snapshot is what the last success left."""
        return self.successes[asset][-1].members if self.successes[asset] else frozenset()

    def wanted(self) -> dict[Asset, set[Root]]:
        """A3, A4: the closure of the enabled roots, their fanouts and what all of these are made from."""
        wants: dict[Asset, set[Root]] = defaultdict(set)

        def want(asset: Asset, root: Root) -> None:
            wants[asset].add(root)
            for dependency in asset.dependencies.values():
                want(dependency, root)

        for root in self.enabled:
            want(root.asset, root)
            if root.target_kind is not None:
                for user_id in self.members(root.asset):
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
        kinds = {"segment_followers": "followers", "segment_followed": "following"}
        return {(kinds[asset.kind], int(str(asset.param)))} if asset.kind in kinds else set()

    def definition(self, asset: Asset, pinned: dict[str, frozenset[int]]) -> frozenset[int]:
        """A1: who or what belongs, by the graph as it is and the pinned memberships."""
        if asset.kind == "segment_specified_users":
            return frozenset(self.listed[str(asset.param)] & self.graph.users.keys())  # A14
        if asset.kind == "post_corpus_for_segment":
            return frozenset(
                i
                for i, p in self.graph.posts.items()
                if p.deleted_at is None and p.author in pinned["source"]
            )
        if asset.kind == "segment_mutuals":
            return pinned["followers"] & pinned["followed"]
        if asset.kind == "segment_unreciprocated_followed":
            return pinned["followed"] - pinned["followers"]
        subject = int(str(asset.param))
        return frozenset(
            (self.graph.followers if asset.kind == "segment_followers" else self.graph.followed)(subject)
        )

    def inputs(self, asset: Asset, source: frozenset[int]) -> Any:
        """A6: moves when what the asset reads of the graph, or of its set, has moved."""
        moved = tuple(
            sorted((need, n) for need in self.needs(asset, source) if (n := self.graph.moved.get(need, 0)))
        )
        return (self.edits[str(asset.param)], moved) if asset.kind == "segment_specified_users" else moved

    def succeed(
        self, asset: Asset, materialization_id: int, pins: dict[str, Success]
    ) -> tuple[Success, Success | None]:
        """A6, A8, A9: what a materialization must come to. Returns it and the one before."""
        last = self.successes[asset][-1] if self.successes[asset] else None
        memberships = {role: pin.members for role, pin in pins.items()}
        inputs = self.inputs(asset, memberships.get("source", frozenset()))
        revisions = {role: pin.revision for role, pin in pins.items()}
        if last is not None and (last.inputs, last.pinned) == (inputs, revisions):
            raise Broken(f"A6: materialization {materialization_id} of {asset} was not needed")
        members = self.definition(asset, memberships)
        before = last.members if last else frozenset()
        revision = (last.revision if last else 0) + (members != before)
        success = Success(materialization_id, members, revision, inputs, revisions)
        self.successes[asset].append(success)
        return success, last

    def is_current(self, asset: Asset) -> bool:
        """A6: whether the last success read all that there is to read."""
        if not self.successes[asset]:
            return False
        latest = {role: self.successes[d][-1] for role, d in asset.dependencies.items() if self.successes[d]}
        source = latest["source"].members if "source" in latest else frozenset()
        last = self.successes[asset][-1]
        return (last.inputs, last.pinned) == (
            self.inputs(asset, source),
            {r: s.revision for r, s in latest.items()},
        )
