"""What can be seen of the engine, beside the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from histories.engine import Engine
from histories.model.assets import Asset, Assets, Root, identity_of
from histories.model.graph import Graph, Origin, Subject
from histories.model.inbox import Inbox
from histories.model.ingest import Ingest
from histories.model.money import Books, Market

SLACK = 1e-5


class Broken(Exception):
    """A rule does not hold."""


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
    sent: dict[str, Any] = field(default_factory=dict)  # as a worker was told it last


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


def origin_of(run_id: int | None, event_id: int | None) -> Origin:
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
    position: int = 0  # of the engine's logs, up to which they were compared
    logged: int = 0  # the same of the model's
    materialized: set[int] = field(default_factory=set)
    instances: dict[int, str] = field(default_factory=dict)  # by their numbers, their identities
    ledger: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    subjects: dict[Subject, list[Any]] = field(default_factory=dict)
    needed: set[Subject] = field(default_factory=set)
    needs: set[tuple[str, int, int]] = field(default_factory=set)  # with who has them
    newly_needed: set[Subject] = field(default_factory=set)  # by somebody, in this statement
    asked_for: set[Subject | str] = field(default_factory=set)
    seen: Seen = field(default_factory=lambda: Seen({}, {}, {}, {}))
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    awaited: set[Subject] = field(default_factory=set)  # by webhook events
    cancelled: set[int] = field(default_factory=set)
    reading: set[int] = field(default_factory=set)  # runs that wait for nothing any more
    damaged: set[Asset] = field(default_factory=set)  # what the engine is to find wrong
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
                self.identities.setdefault(identity_of(asset), asset)
        return self.closure

    def name_asset(self, asset: Asset) -> None:
        """Learn an asset's identity, to know its instance by."""
        self.closure = None
        self.identities.setdefault(identity_of(asset), asset)
        for dependency in asset.dependencies.values():
            self.name_asset(dependency)

    def number_of(self, asset: Asset) -> int:
        """Which instance an asset is."""
        return next(number for number, identity in self.instances.items() if identity == identity_of(asset))
