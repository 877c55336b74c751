"""What can be seen of the engine, beside the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from histories.engine import Engine
from histories.model.assets import Asset, Assets, Root
from histories.model.graph import Broken, Graph, Subject
from histories.model.inbox import Inbox
from histories.model.ingest import Ingest
from histories.model.money import Books, Market

SLACK = 1e-5


@dataclass
class Call:
    """A request of a run, as it was seen last."""

    id: int
    run: int
    endpoint: str
    page_no: int
    token: str | None
    is_out: bool = False
    worker: str | None = None
    lease_until: float = 0.0
    claimed_at: float = 0.0
    attempts: int = 0
    is_over: bool = False


@dataclass
class Seen:
    """What the engine shows at a moment."""

    ingest: dict[str, Any]
    assets: dict[str, Any]
    books: dict[str, Any]
    logs: dict[str, Any]
    snapshot: str | None = None

    def rows(self, part: str, name: str) -> list[Any]:
        """A list of what was seen; none is an empty one."""
        return getattr(self, part)[name] or []


def check(holds: bool, rule: str) -> None:
    """Raise Broken with the rule where it does not hold."""
    if not holds:
        raise Broken(rule)


def origin_of(run_id: int | None, event_id: int | None) -> tuple[str, int]:
    return ("run", run_id) if run_id is not None else ("event", event_id or 0)


def equal(what: str, seen: dict[Any, Any], said: dict[Any, Any]) -> None:
    if seen == said:
        return
    for key in seen.keys() | said.keys():
        check(
            seen.get(key) == said.get(key),
            f"{what} {key} is {seen.get(key, 'not there')}, and the model says {said.get(key, 'not there')}",
        )


@dataclass
class Watch:
    """The model, and what was seen of the engine so far."""

    engine: Engine
    settings: dict[str, float]
    graph: Graph = field(default_factory=Graph)
    ingest: Ingest = field(init=False)
    inbox: Inbox = field(init=False)
    books: Books = field(default_factory=Books)
    market: Market = field(default_factory=Market)
    assets: Assets = field(init=False)
    calls: dict[int, Call] = field(default_factory=dict)
    position: int = 0
    materialized: set[int] = field(default_factory=set)
    instances: dict[int, str] = field(default_factory=dict)  # by their numbers, their identities
    ledger: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    subjects: dict[Subject, list[Any]] = field(default_factory=dict)
    needed: set[Subject] = field(default_factory=set)
    asked_for: set[Subject | str] = field(default_factory=set)
    seen: Seen = field(default_factory=lambda: Seen({}, {}, {}, {}))
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    awaited: set[Subject] = field(default_factory=set)  # by webhook events
    cancelled: set[int] = field(default_factory=set)
    damaged: set[str] = field(default_factory=set)  # identities of instances that the engine is to find wrong
    decided: dict[tuple[str, str, str], int] = field(default_factory=dict)
    identities: dict[str, Asset] = field(default_factory=dict)
    caps: dict[tuple[str, str, float], float] = field(default_factory=dict)
    closure: dict[Asset, set[Root]] | None = None
    wanted_before: dict[Asset, set[Root]] = field(default_factory=dict)  # what the statement came upon

    def __post_init__(self) -> None:
        self.ingest = Ingest(self.graph, self.settings)
        self.inbox = Inbox(self.graph, self.ingest)
        self.assets = Assets(self.graph)

    def look(self) -> Seen:
        """See everything that a statement may have changed."""
        self.seen = Seen(
            **self.engine.see(
                "seen_since", seconds=self.graph.now, snapshot=self.seen.snapshot, position=self.position
            )
        )
        self.instances |= dict(self.seen.rows("assets", "instances"))
        self.ledger |= {(row[0], row[1]): row[2:] for row in self.seen.rows("books", "ledger")}
        self.subjects |= {(row[0], row[1]): row[2:] for row in self.seen.rows("ingest", "subjects")}
        self.rows = {row["id"]: row for row in self.seen.rows("ingest", "runs")}
        self.closure = None
        return self.seen

    def wanted(self) -> dict[Asset, set[Root]]:
        """A4: the closure, until something moves it."""
        if self.closure is None:
            self.closure = self.assets.wanted()
            for asset in self.closure:
                self.identities.setdefault(asset.identity, asset)
        return self.closure

    def is_due(self, subject: Subject, *, early: bool) -> bool:
        """A5, I3: whether it may (early) or must be bought unasked by now."""
        window = self.window(subject)
        if window is None:
            return early
        known = self.ingest.known[subject]
        at = known.due_at(
            window, self.reconcile_at(subject, window, early=early), self.settings["subject.recheck"]
        )
        return at <= self.graph.now + SLACK

    def reconcile_at(self, subject: Subject, window: float, *, early: bool) -> float | None:
        """I3: when a list is to be read in full by its age; a little early, by no more than a twentieth."""
        full_at = self.ingest.known[subject].full_at
        default = self.settings.get("reconcile." + subject[0])
        ages = [default if root.reconcile is None else root.reconcile for root in self._windows(subject)]
        if full_at is None or default is None or not ages:
            return None
        return full_at + max(min(age or default for age in ages) * (0.94 if early else 1.0), window)

    def window(self, subject: Subject) -> float | None:
        """A5: the smallest window that a wanted asset asks for; None where none does."""
        default = self.settings["freshness." + subject[0]]
        return min((default if w.fresh is None else w.fresh for w in self._windows(subject)), default=None)

    def _windows(self, subject: Subject) -> list[Any]:
        return [
            self.assets.enabled[root]
            for asset, roots in self.wanted().items()
            if subject in self.needs_of(asset)
            for root in roots
        ]

    def needs_of(self, asset: Asset) -> set[Subject]:
        return self.assets.needs(asset, self.pinned_source(asset))

    def pinned_source(self, asset: Asset) -> frozenset[int]:
        if asset.kind != "post_corpus_for_segment":
            return frozenset()
        pinned = dict(self.seen.rows("assets", "sources"))
        pinned_id = next((p for i, p in pinned.items() if self.instances[i] == asset.identity), None)
        source = asset.dependencies["source"]
        return next((s.members for s in self.assets.successes[source] if s.id == pinned_id), frozenset())

    def is_met(self, asset: Asset, subject: Subject) -> bool:
        """A5, I10: whether a need is fresh, or may be refused."""
        known = self.ingest.known[subject]
        if known.refused is not None:
            return asset.kind in ("segment_specified_users", "post_corpus_for_segment")
        default = self.settings["freshness." + subject[0]]
        # What a tick wants no more, since a fanout's source has just lost a member, it may still materialize.
        roots = self.wanted().get(asset) or self.wanted_before.get(asset, set())
        check(bool(roots), f"A4: nobody wants {asset}")
        within = (self.assets.enabled[root].fresh for root in roots)
        window = min(default if fresh is None else fresh for fresh in within)
        return known.fresh_at is not None and known.fresh_at + window > self.graph.now

    def name_asset(self, asset: Asset) -> None:
        """Learn an asset's identity, to know its instance by."""
        self.closure = None
        self.identities.setdefault(asset.identity, asset)
        for dependency in asset.dependencies.values():
            self.name_asset(dependency)
