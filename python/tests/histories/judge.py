"""Holds what can be seen of the engine against the model, after every statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from histories.books import Books
from histories.engine import Engine
from histories.model import LISTS, Asset, Assets, Broken, Graph, Ingest, Run, Subject, class_of

PRICES = {"users": 0.01, "users_by_handle": 0.01, "followers": 0.01, "following": 0.01}
RESOURCES = {"users": "user", "users_by_handle": "user", "followers": "follow", "following": "follow"}
_UNASKED = ("first", "due", "reconcile", "doubt", "free", "told")
_SLACK = 1e-5


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

    def rows(self, part: str, name: str) -> list[Any]:
        """A list of what was seen; none is an empty one."""
        return getattr(self, part)[name] or []


def check(holds: bool, rule: str) -> None:
    """Raise Broken with the rule where it does not hold."""
    if not holds:
        raise Broken(rule)


@dataclass
class Judge:
    """The model, and what was seen of the engine so far."""

    engine: Engine
    settings: dict[str, float]
    graph: Graph = field(default_factory=Graph)
    ingest: Ingest = field(init=False)
    books: Books = field(default_factory=Books)
    assets: Assets = field(init=False)
    calls: dict[int, Call] = field(default_factory=dict)
    instances: dict[int, Asset] = field(default_factory=dict)
    position: int = 0
    last_materialization: int = 0
    needed: set[Subject] = field(default_factory=set)
    asked_for: set[Subject | str] = field(default_factory=set)
    seen: Seen = field(init=False)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    awaited: set[Subject] = field(default_factory=set)  # by webhook events

    def __post_init__(self) -> None:
        self.ingest = Ingest(self.graph, self.settings)
        self.assets = Assets(self.graph)

    def look(self) -> Seen:
        """See everything that a statement may have changed."""
        self.seen = Seen(
            **self.engine.see(
                "seen_since",
                seconds=self.graph.now,
                materialization_id=self.last_materialization,
                position=self.position,
            )
        )
        self.rows = {row["id"]: row for row in self.seen.rows("ingest", "runs")}
        return self.seen

    def compare(self, began: int) -> None:
        """After a statement that began at that place in the order: what the model says is what there is."""
        self._compare_runs(began)
        self._compare_calls()
        self._compare_subjects()
        self._compare_logs()
        self._compare_ledger()
        self._compare_materializations()

    # --- runs ---------------------------------------------------------------------------------------

    def _compare_runs(self, began: int) -> None:
        needed = {(kind, subject) for kind, subject, *_ in self.seen.rows("ingest", "needs")}
        for row in self.rows.values():
            run = self.ingest.runs.get(row["id"])
            is_new = run is None
            if run is None:
                run = self._begin(row, began)
            added = set(row["items"] or []) - set(run.items) if not is_new else set(row["items"] or [])
            run.items, run.mode, run.reason = row["items"] or [], row["mode"], row["reason"]
            self._permit(run, needed | self.needed, is_new, added)
            if run.status != row["status"]:
                self._end_beside(run, row)
            self._compare_run(run, row)
        ended = [
            run
            for run in self.ingest.runs.values()
            if run.status == "in_progress" and run.id not in self.rows
        ]
        check(not ended, f"I1: runs {[run.id for run in ended]} are gone")
        self.needed, self.asked_for = needed, set()

    def _begin(self, row: dict[str, Any], began: int) -> Run:
        run = Run(
            row["id"],
            row["kind"],
            row["subject"],
            row["items"] or [],
            row["handles"] or [],
            row["mode"],
            row["reason"],
            began,
            self.graph.now,
        )
        self.ingest.runs[run.id] = run
        return run

    def _permit(self, run: Run, needed: set[Subject], is_new: bool, added: set[int]) -> None:
        """I9, A5: nothing is bought but what somebody asked for, or what is needed and due."""
        if run.kind in (*LISTS, "posts") and is_new and run.reason in _UNASKED:
            subject = run.subjects[0]
            check(subject in needed, f"A5: {subject} is bought, and nobody needs it")
            check(self._is_due(subject, early=True), f"I9: {subject} is bought and not due")
        for user_id in added if run.kind == "users" else ():
            check(
                self._is_wanted_profile(user_id, needed, run),
                f"I9: the profile of {user_id} is bought for nobody (run {run.id}, {run.reason})",
            )
        if run.kind == "search" and is_new:
            check(
                all(("posts", i) in needed for i in run.items),
                f"A5: run {run.id} searches for whom nobody needs",
            )
        if run.kind == "post_lookup":
            check(added <= self.ingest.evidence, f"I9: posts {added} are looked up without a doubt")
        if run.mode == "incremental" and run.kind in LISTS and is_new and run.reason != "told":
            known = self.ingest.known[run.subjects[0]]
            check(
                known.full_at is not None or known.full_retry_at is not None,
                f"I3: the first run {run.id} of its subject is not full",
            )

    def _is_wanted_profile(self, user_id: int, needed: set[Subject], run: Run) -> bool:
        subject = ("users", user_id)
        is_awaited = any(
            other.subject == user_id
            and other.kind in (*LISTS, "posts")
            and (other.status == "in_progress" or other.id in self.rows)
            for other in self.ingest.runs.values()
        ) or any(row["subject"] == user_id and row["kind"] in (*LISTS, "posts") for row in self.rows.values())
        return (
            is_awaited
            or subject in self.asked_for
            or subject in self.awaited
            or run.reason == "requested"
            or (subject in needed and self._is_due(subject, early=True))
        )

    def _is_due(self, subject: Subject, *, early: bool) -> bool:
        """A5, I3: whether it may (early) or must be bought unasked by now."""
        window = self.window(subject)
        if window is None:
            return early
        reconcile = self.settings.get("reconcile." + subject[0])
        if reconcile is not None:
            reconcile = max(reconcile * (0.94 if early else 1.0), window)
        at = self.ingest.known[subject].due_at(window, reconcile, self.settings["subject.recheck"])
        return at <= self.graph.now + _SLACK

    def window(self, subject: Subject) -> float | None:
        """A5: the smallest window that a wanted asset asks for; None where none does."""
        windows = [
            self.settings["freshness." + subject[0]] if within is None else within
            for asset, roots in self.assets.wanted().items()
            if subject in self._needs_of(asset)
            for within in (self.assets.enabled[root] for root in roots)
        ]
        return min(windows, default=None)

    def _needs_of(self, asset: Asset) -> set[Subject]:
        return self.assets.needs(asset, self._pinned_source(asset))

    def _pinned_source(self, asset: Asset) -> frozenset[int]:
        if asset.kind != "post_corpus_for_segment":
            return frozenset()
        pinned_id = self._pins().get((asset.identity, "source"))
        source = asset.dependencies["source"]
        return next((s.members for s in self.assets.successes[source] if s.id == pinned_id), frozenset())

    def _pins(self) -> dict[tuple[str, str], int | None]:
        identities = {row["id"]: row["identity"] for row in self.seen.rows("assets", "instances")}
        return {
            (identities[instance], role): pinned
            for instance, role, _, pinned in self.seen.rows("assets", "dependencies")
        }

    def _end_beside(self, run: Run, row: dict[str, Any]) -> None:
        """A run ended though no answer of its own came: it waited for another, was cancelled, or fell silent."""
        if row["status"] == "cancelled":
            check(self._may_be_cancelled(run), f"I1: nobody cancelled run {run.id}")
            run.status = "cancelled"
            for subject in run.subjects:
                self.ingest.known[subject].cancelled_at = self.graph.now
        elif row["status"] == "success":
            check(row["reason"] == "told", f"I10: run {run.id} was a success without an answer")
            self.ingest._succeed(run, exhausted=False, whole=False)
        elif row["class"].startswith("subject_"):
            reason = self.ingest.missing.get(("user", str(run.subject)))
            check(
                reason is not None and class_of(reason[0]) == row["class"],
                f"I6: run {run.id} is refused as {row['class']}",
            )
            self.ingest.refuse(run, row["class"], said_by_x=False)
        else:
            check(
                self._may_fail(run, row["class"]), f"I1: run {run.id} failed ({row['class']}) for no reason"
            )
            self.ingest.fail(run, row["class"], row["retry_at"])

    def _may_be_cancelled(self, run: Run) -> bool:
        """By somebody; or with the look-up that it waits for, of which it would only have another bought."""
        return run.id in self.cancelled or any(
            other.id in self.cancelled and other.kind == "users" and run.subject in other.items
            for other in self.ingest.runs.values()
        )

    def _may_fail(self, run: Run, error: str) -> bool:
        if error == "search_outdated":
            return run.kind == "search"
        if error == "timeout" and any(
            call.run == run.id
            and call.attempts >= self.settings["call.attempts"]
            and call.lease_until <= self.graph.now
            for call in self.calls.values()
        ):
            return True
        return run.page_count == 0 and any(
            row["kind"] == "users" and row["status"] == "error" and run.subject in row["items"]
            for row in self.rows.values()
        )

    def take_widened(self) -> None:
        """A full sync was asked for while one of what is new was under way: that one reads all, from the top."""
        for row in self.rows.values():
            run = self.ingest.runs.get(row["id"])
            if (
                run is not None
                and run.mode == "incremental"
                and row["mode"] == "full"
                and row["restarts"] > run.restarts
            ):
                self.ingest.restart(run)
                self.ingest.said.remove("run_restarted")

    def _compare_run(self, run: Run, row: dict[str, Any]) -> None:
        is_ = (
            run.status,
            run.error,
            run.exhausted,
            run.page_count,
            run.resources,
            run.billed,
            run.removed,
            run.restarts,
        )
        seen = tuple(
            row[key]
            for key in ("status", "class", "exhausted", "pages", "resources", "billed", "removed", "restarts")
        )
        check(
            is_ == seen, f"I1, I2: run {run.id} ({run.mode} {run.kind} of {run.subject}) is {seen}, not {is_}"
        )
        if run.status == "error" and run.error is not None and not run.error.startswith("subject_"):
            for subject in run.subjects:
                self.ingest.known[subject].retry_at = row["retry_at"]

    # --- calls --------------------------------------------------------------------------------------

    cancelled: set[int] = field(default_factory=set)

    def _compare_calls(self) -> None:
        rows = {row[0]: row for row in self.seen.rows("ingest", "calls")}
        for (
            call_id,
            run_id,
            state,
            worker,
            lease,
            not_before,
            attempts,
            page_no,
            token,
            endpoint,
            _,
        ) in rows.values():
            call = self.calls.setdefault(call_id, Call(call_id, run_id, endpoint, page_no, token))
            self._compare_call(call, state, worker, lease, attempts)
        for call in self.calls.values():
            if call.id not in rows and not call.is_over:
                run = self.ingest.runs[call.run]
                open_calls = [row for row in rows.values() if row[1] == call.run]
                check(
                    run.status != "in_progress" or bool(open_calls),
                    f"I4: call {call.id} is over, and its run goes nowhere",
                )
                call.is_over, call.is_out = True, False
                self.books.close(call.id)

    def _compare_call(
        self, call: Call, state: str, worker: str | None, lease: float | None, attempts: int
    ) -> None:
        if state == "claimed":
            check(call.is_out, f"E6: call {call.id} is out, and no tick handed it out")
            check(
                call.worker == worker and lease == call.lease_until,
                f"E6: call {call.id} is not with {call.worker}",
            )
        elif call.is_out:
            # It came back without an answer: its lease ran out.
            check(
                call.lease_until <= self.graph.now,
                f"E6: call {call.id} was taken from {call.worker} too early",
            )
            call.is_out = False
            self.books.close(call.id)
        check(
            attempts == call.attempts, f"I8: call {call.id} counts {attempts} attempts, not {call.attempts}"
        )

    # --- subjects, logs, money ----------------------------------------------------------------------

    def _compare_subjects(self) -> None:
        seen = {
            (kind, subject): (fresh, full, refused, failures)
            for kind, subject, fresh, full, refused, failures in self.seen.rows("ingest", "subjects")
        }
        for subject, (fresh, full, refused, failures) in seen.items():
            known = self.ingest.known[subject]
            is_ = (
                known.fresh_at,
                known.full_at if subject[0] != "users" else full,
                known.refused,
                known.failures,
            )
            check(is_ == (fresh, full, refused, failures), f"I10: {subject} is {seen[subject]}, not {is_}")
        for subject, known in self.ingest.known.items():
            check(known.fresh_at is None or subject in seen, f"I10: nothing is known of {subject}")

    def _compare_logs(self) -> None:
        logs, model = self.seen.logs, self.graph.log
        self.position = logs["position"]
        pairs = {
            "users": ([(u, c, _origin(r, e)) for u, c, r, e in logs["users"] or []], model["users"]),
            "handles": (
                [(u, o, n, _origin(r, e)) for u, o, n, r, e in logs["handles"] or []],
                model["handles"],
            ),
            "follows": (
                [(t, f, c, _origin(r, e), at) for t, f, c, r, e, at in logs["follows"] or []],
                model["follows"],
            ),
            "posts": ([(p, c, _origin(r, e)) for p, c, r, e in logs["posts"] or []], model["posts"]),
        }
        for name, (seen, said) in pairs.items():
            check(
                sorted(seen, key=repr) == sorted(said, key=repr),
                f"G7: the log of {name} says {seen}, and it is {said}",
            )
            said.clear()

    def compare_graph(self) -> None:
        """G2 to G6: every row of the graph."""
        seen = self.engine.see("graph_of")
        users = {
            user_id: (u.handle, u.protected, u.deleted_at, u.gone, *u.counts)
            for user_id, u in self.graph.users.items()
        }
        _equal("G3, G4: user", {row[0]: tuple(row[1:]) for row in seen["users"] or []}, users)
        follows = {pair: (edge.first_seen_at, edge.deleted_at) for pair, edge in self.graph.follows.items()}
        _equal("G4, I2: follow", {(t, f): (a, b) for t, f, a, b in seen["follows"] or []}, follows)
        posts = {i: (p.author, p.text, p.deleted_at) for i, p in self.graph.posts.items()}
        _equal("G4, G6: post", {row[0]: tuple(row[1:]) for row in seen["posts"] or []}, posts)

    def _compare_ledger(self) -> None:
        seen = {
            (call, attempt): [asked, billed, is_open]
            for call, attempt, asked, billed, is_open in self.seen.rows("books", "ledger")
        }
        said = {
            key: [asked, billed, is_open] for key, (asked, billed, _, is_open) in self.books.entries.items()
        }
        _equal("I8, I9: entry", seen, said)
        for scope, period, cap, spent, began_at in self.seen.rows("books", "budgets"):
            most = max(cap, self.caps.setdefault((scope, period, began_at), spent))
            check(spent <= most + _SLACK, f"I8: USD {spent} of {cap} are spent on {scope}")

    # --- assets -------------------------------------------------------------------------------------

    def name_asset(self, asset: Asset) -> None:
        """Learn an asset's identity, to know its instance by."""
        self.identities.setdefault(asset.identity, asset)
        for dependency in asset.dependencies.values():
            self.name_asset(dependency)

    identities: dict[str, Asset] = field(default_factory=dict)

    caps: dict[tuple[str, str, float], float] = field(default_factory=dict)

    def _compare_materializations(self) -> None:
        for asset in self.assets.wanted():
            self.identities.setdefault(asset.identity, asset)
        new = self.seen.rows("assets", "new")
        if not new:
            return
        by_id = {row["id"]: row["identity"] for row in self.seen.rows("assets", "instances")}
        for row in new:
            self.last_materialization = row["id"]
            check(row["status"] == "success", f"A7: materialization {row['id']} is {row['status']}")
            # A fanout's target may be asked for by what was materialized in this very tick.
            for asset in self.assets.wanted():
                self.identities.setdefault(asset.identity, asset)
            asset = self.identities.get(by_id[row["instance"]])
            check(asset is not None, f"A4: instance {row['instance']} is materialized, and nobody wants it")
            assert asset is not None
            self._compare_materialization(
                asset, row, is_last=row is [r for r in new if r["instance"] == row["instance"]][-1]
            )

    def _compare_materialization(self, asset: Asset, row: dict[str, Any], *, is_last: bool) -> None:
        pins = {}
        for role, dependency in asset.dependencies.items():
            pinned = (row["pins"] or {}).get(role)
            found = [s for s in self.assets.successes[dependency] if s.id == pinned]
            check(bool(found), f"A12: materialization {row['id']} pins {role} at {pinned}")
            pins[role] = found[0]
        for subject in self.assets.needs(asset, pins["source"].members if "source" in pins else frozenset()):
            # The first time it is queued when it may be, and read in a tick of its own.
            check(
                not self.assets.successes[asset] or self._is_met(asset, subject),
                f"A5: materialization {row['id']} of {asset}: {subject} is not fresh",
            )
        success, last = self.assets.succeed(asset, row["id"], pins)
        before, ever = last.members if last else frozenset(), self.assets.ever[asset]
        said = {i: [True, i not in ever] for i in success.members - before}
        said |= {i: [False, None] for i in before - success.members}
        ever |= success.members
        seen = {item: [is_enter, is_first] for item, is_enter, is_first in row["events"] or []}
        _equal(f"A1, A9: materialization {row['id']} of {asset}: event of", seen, said)
        is_ = (
            success.revision,
            len(success.members),
            len(success.members - before),
            len(before - success.members),
        )
        check(
            is_ == (row["revision"], row["count"], row["enters"], row["exits"]),
            f"A8: materialization {row['id']}: {row}, not {is_}",
        )
        if is_last:
            check(
                set(row["members"] or []) == success.members,
                f"A10: the snapshot of {asset} is not {success.members}",
            )

    def _is_met(self, asset: Asset, subject: Subject) -> bool:
        """A5, I10: whether a need is fresh, or may be refused."""
        known = self.ingest.known[subject]
        if known.refused is not None:
            return asset.kind in ("segment_specified_users", "post_corpus_for_segment")
        window = min(
            self.settings["freshness." + subject[0]] if within is None else within
            for within in (self.assets.enabled[root] for root in self.assets.wanted()[asset])
        )
        return known.fresh_at is not None and known.fresh_at + window > self.graph.now

    def compare_rest(self) -> None:
        """A3 to A6, E3: after a tick that found nothing more to do, nothing is missing."""
        wanted = self.assets.wanted()
        _equal(
            "A4: instance",
            {row["identity"]: True for row in self.seen.rows("assets", "instances") if row["wanted"]},
            {asset.identity: True for asset in wanted},
        )
        under_way = {
            s for run in self.ingest.runs.values() if run.status == "in_progress" for s in run.subjects
        }
        self._compare_needs(wanted)
        for asset in wanted:
            waits = any(not self.assets.successes[dependency] for dependency in asset.dependencies.values())
            needs = set() if waits else self._needs_of(asset)
            for subject in needs:
                check(
                    subject in under_way or not self._is_due(subject, early=False),
                    f"A5: {subject} is due, and is not bought",
                )
            if not waits and all(self._is_met(asset, subject) for subject in needs):
                check(self.assets.is_current(asset), f"A6: {asset} has not read what moved")

    def _compare_needs(self, wanted: dict[Asset, set[Any]]) -> None:
        by_id = {row["id"]: row["identity"] for row in self.seen.rows("assets", "instances")}
        seen = {
            (by_id[consumer], (kind, subject)): True
            for kind, subject, consumer, _ in self.seen.rows("ingest", "needs")
        }
        said = {(asset.identity, subject): True for asset in wanted for subject in self._needs_of(asset)}
        _equal("A5: need", seen, said)


def _origin(run_id: int | None, event_id: int | None) -> tuple[str, int]:
    return ("run", run_id) if run_id is not None else ("event", event_id or 0)


def _equal(what: str, seen: dict[Any, Any], said: dict[Any, Any]) -> None:
    if seen == said:
        return
    for key in seen.keys() | said.keys():
        check(
            seen.get(key) == said.get(key),
            f"{what} {key} is {seen.get(key, 'not there')}, and the model says {said.get(key, 'not there')}",
        )
