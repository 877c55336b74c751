"""The rules of the system in plain Python: what must be true, whatever the database does to make it so.

No database, no positions, no marks. The model is told what was said (answers, events, edits, the clock) in the
order of commits, and what the engine chose where it may choose (which run starts, which membership is pinned);
it knows what follows. `Broken` says which rule does not hold.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Origin = tuple[Literal["run", "event"], int]
Subject = tuple[str, int]  # what is synced of whom: ("followers", 12)
LISTS = ("followers", "following")


class Broken(Exception):
    """A rule does not hold."""


# --- G: the graph -----------------------------------------------------------------------------------


@dataclass
class User:
    """G1, G2: a row exists because a payload came. G4: gone is a mark, with X's reason."""

    handle: str | None
    protected: bool | None = None
    counts: tuple[int | None, int | None] = (None, None)
    deleted_at: float | None = None
    gone: str | None = None


@dataclass
class Edge:
    """G5: one for each (target, follower). `sights` are who showed it, when in the order of statements."""

    first_seen_at: float
    deleted_at: float | None = None
    changed: tuple[str, Origin] = ("", ("run", 0))
    sights: list[tuple[int, Origin, int]] = field(default_factory=list)


@dataclass
class Post:
    """G6: author and time stay. `changed` is who wrote it last."""

    author: int
    text: str
    changed: tuple[int, Origin]
    deleted_at: float | None = None


@dataclass
class Graph:
    """What was seen, and the log of every change of it (G7)."""

    now: float = 0.0
    order: int = 0  # of statements, as they were committed
    users: dict[int, User] = field(default_factory=dict)
    follows: dict[tuple[int, int], Edge] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    log: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[Subject, int] = field(
        default_factory=lambda: defaultdict(int)
    )  # changes that a sync's reader reads

    def see_users(self, rows: list[dict[str, Any]], origin: Origin) -> None:
        """G2, G3, G4: a page of profiles; of two sights in it the later one is the truth."""
        page = {int(row["id"]): row for row in sorted(rows, key=rows.index)}
        said: dict[str, int] = {row["username"].lower(): user_id for user_id, row in page.items()}
        handles = {
            user_id: row["username"]
            for user_id, row in page.items()
            if said[row["username"].lower()] == user_id
        }
        for user_id, user in self.users.items():
            if (
                user.handle is not None
                and said.get(user.handle.lower(), user_id) != user_id
                and user_id not in handles
            ):
                self._rename(user_id, None, origin)
        for user_id, row in page.items():
            if user_id not in self.users:
                self.users[user_id] = User(handles.get(user_id))
                self._note("users", user_id, "added", origin)
                self.moved["users", user_id] += 1
            user = self.users[user_id]
            if user_id in handles and user.handle != handles[user_id]:
                self._rename(user_id, handles[user_id], origin)
            if user.deleted_at is not None:
                user.deleted_at = user.gone = None
                self._note("users", user_id, "revived", origin)
            metrics = row.get("public_metrics", {})
            user.protected = row.get("protected", user.protected)
            user.counts = (
                metrics.get("followers_count", user.counts[0]),
                metrics.get("following_count", user.counts[1]),
            )

    def lose_user(self, user_id: int, reason: str, origin: Origin) -> None:
        """G4: X does not show a user any more. Edges are left alone."""
        user = self.users.get(user_id)
        if user is not None and (user.deleted_at is None or user.gone != reason):
            user.deleted_at = self.now if user.deleted_at is None else user.deleted_at
            user.gone = reason
            self._note("users", user_id, "removed", origin)

    def see_follow(self, target: int, follower: int, origin: Origin, sweep: int = 0) -> bool:
        """G5, G8: whether the edge is new or came back; a sight without a change writes nothing."""
        if target == follower:
            return False
        edge = self.follows.get((target, follower))
        change = "added" if edge is None else "revived" if edge.deleted_at is not None else None
        if edge is None:
            edge = self.follows[target, follower] = Edge(self.now)
        edge.deleted_at = None
        edge.sights.append((self.order, origin, sweep))
        if change is not None:
            self._move_follow(target, follower, change, origin)
        return change is not None

    def lose_follow(self, target: int, follower: int, origin: Origin) -> bool:
        """G4: an edge has ended; whether it was there."""
        edge = self.follows.get((target, follower))
        if edge is None or edge.deleted_at is not None:
            return False
        edge.deleted_at = self.now
        self._move_follow(target, follower, "removed", origin)
        return True

    def see_post(self, post_id: int, author: int, text: str, origin: Origin) -> None:
        """G4, G6: a post is new, came back, or reads differently."""
        post = self.posts.get(post_id)
        if post is not None and post.deleted_at is None and post.text == text:
            return
        change = "added" if post is None else "revived" if post.deleted_at is not None else "changed"
        author = author if post is None else post.author
        self.posts[post_id] = Post(author, text, (self.order, origin))
        self._move_post(post_id, change, origin)

    def lose_post(self, post_id: int, origin: Origin) -> bool:
        """G4: there is evidence against a post; whether it was there."""
        post = self.posts.get(post_id)
        if post is None or post.deleted_at is not None:
            return False
        post.deleted_at, post.changed = self.now, (self.order, origin)
        self._move_post(post_id, "removed", origin)
        return True

    def holder(self, handle: str) -> int | None:
        """G3: who holds a handle now, whatever its case."""
        return next(
            (i for i, u in self.users.items() if u.handle and u.handle.lower() == handle.lower()), None
        )

    def followers(self, user_id: int) -> set[int]:
        """Whose edges to a user are alive."""
        return {f for (t, f), edge in self.follows.items() if t == user_id and edge.deleted_at is None}

    def followed(self, user_id: int) -> set[int]:
        """To whom a user's edges are alive."""
        return {t for (t, f), edge in self.follows.items() if f == user_id and edge.deleted_at is None}

    def _rename(self, user_id: int, handle: str | None, origin: Origin) -> None:
        user = self.users[user_id]
        self.log["handles"].append((user_id, user.handle, handle, origin))
        user.handle = handle

    def _move_follow(self, target: int, follower: int, change: str, origin: Origin) -> None:
        self.follows[target, follower].changed = (change, origin)
        self.log["follows"].append((target, follower, change, origin, self.now))
        self.moved["followers", target] += 1
        self.moved["following", follower] += 1

    def _move_post(self, post_id: int, change: str, origin: Origin) -> None:
        self._note("posts", post_id, change, origin)
        self.moved["posts", self.posts[post_id].author] += 1

    def _note(self, log: str, item: int, change: str, origin: Origin) -> None:
        self.log[log].append((item, change, origin))


# --- I: runs ------------------------------------------------------------------------------------------

# What each kind of answer leads to (I1, I2, I8); the same table as the one in the database, learned from x-api.md.
ACTIONS = {
    "page": "store",
    **dict.fromkeys(
        ("server_error", "not_json", "api_error", "not_found", "timeout", "unreachable", "unconnected"),
        "retry",
    ),
    **dict.fromkeys(("rate_limited", "too_fast", "aborted"), "wait"),
    **dict.fromkeys(
        ("unauthorized", "credits_depleted", "forbidden", "spend_capped", "usage_capped"), "stop"
    ),
    "cursor_refused": "restart",
    "bad_request": "fail",
    **dict.fromkeys(("subject_suspended", "subject_not_found", "subject_protected"), "refuse"),
}
PERHAPS_BILLED = ("timeout", "unreachable", "aborted", "not_json")


@dataclass
class Run:
    """I1: a sync. `pages` are those of the present sweep: a restart begins it anew (I4)."""

    id: int
    kind: str
    subject: int | None
    items: list[int]
    handles: list[str]
    mode: str
    reason: str
    began: int  # in the order of statements
    began_at: float
    status: str = "in_progress"
    error: str | None = None
    exhausted: bool | None = None
    page_count: int = 0
    resources: int = 0
    billed: int = 0
    removed: int = 0
    restarts: int = 0
    first_page: int = 1
    is_partial: bool = False
    pages: list[tuple[list[int], str | None]] = field(default_factory=list)

    @property
    def subjects(self) -> list[Subject]:
        """Whose freshness it serves: a search is a sync of its authors' posts (I5)."""
        served = {"search": "posts"}.get(self.kind, self.kind)
        if served in ("handles", "post_lookup"):
            return []
        return [(served, i) for i in (self.items or [self.subject])]  # type: ignore[misc]


@dataclass
class Known:
    """What is known of a subject: I10, only success makes fresh; only a whole read is full."""

    fresh_at: float | None = None
    full_at: float | None = None
    refused: str | None = None
    refused_at: float | None = None
    failures: int = 0
    retry_at: float | None = None
    cancelled_at: float | None = None
    full_retry_at: float | None = None

    def due_at(self, window: float, reconcile: float | None, recheck: float) -> float:
        """A5, I3: from when on it may be synced unasked; minus infinity: it never was."""
        if self.retry_at is not None:
            at = self.retry_at
        elif self.refused_at is not None:
            at = self.refused_at + recheck
        elif self.fresh_at is None:
            at = float("-inf")
        else:
            at = self.fresh_at + window
            if (
                reconcile is not None
                and self.full_at is not None
                and self.full_at + reconcile > self.fresh_at
            ):
                at = min(at, self.full_at + reconcile)
        return at if self.cancelled_at is None else max(at, self.cancelled_at + window)


@dataclass
class Ingest:
    """Runs and what they do to the graph (I1 to I7), subjects, and whom X did not return (I6)."""

    graph: Graph
    settings: dict[str, float]
    runs: dict[int, Run] = field(default_factory=dict)
    known: dict[Subject, Known] = field(default_factory=lambda: defaultdict(Known))
    missing: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    sweeps: dict[Subject, list[Run]] = field(default_factory=lambda: defaultdict(list))
    evidence: set[int] = field(default_factory=set)  # posts that a look-up by id is to settle (G4)
    said: list[str] = field(default_factory=list)  # the decisions that must be recorded (E3)

    def take_page(self, run: Run, page_no: int, shown: Any, billed: int) -> None:
        """I4: a page's rows, and what comes of its run, together."""
        origin: Origin = ("run", run.id)
        moved_before = len(self.graph.log["follows"])
        self.graph.see_users(list(shown.users), origin)
        for seen in shown.ids if run.kind in LISTS else ():
            pair = (run.subject, seen) if run.kind == "followers" else (seen, run.subject)
            self.graph.see_follow(*pair, origin, run.first_page)  # type: ignore[arg-type]
        for row in shown.posts:
            if self.settings["takes_retweets"] or not is_retweet(row):
                known = self.graph.posts.get(int(row["id"]))
                author = known.author if known else int(row.get("author_id", run.subject or 0))
                self.graph.see_post(int(row["id"]), author, text_of(row), origin)
        run.page_count, run.resources, run.billed = (
            page_no,
            run.resources + len(shown.ids),
            run.billed + billed,
        )
        run.is_partial = run.is_partial or shown.is_partial
        run.pages.append((shown.ids, shown.next_token))
        if run.kind in ("users", "handles", "post_lookup"):
            self._take_missing(run, shown, origin)
            self._succeed(run, exhausted=True, whole=True)
        else:
            self._go_on(run, shown, len(self.graph.log["follows"]) > moved_before)

    def _go_on(self, run: Run, shown: Any, brought_news: bool) -> None:
        """I2: when a list ends, and what that proves. Only a last page that says so is an end."""
        tokens = [token for _, token in run.pages[:-1]]
        if run.kind == "posts" and sum(len(ids) for ids, _ in run.pages) >= self.settings["timeline.cap"]:
            self._succeed(run, exhausted=False, whole=not run.is_partial)
        elif shown.next_token is None:
            if not shown.says_its_end:
                self.said.append("run_cut_short")
            is_end = shown.says_its_end and not run.is_partial
            self._succeed(run, exhausted=is_end, whole=is_end)
        elif (
            run.mode == "incremental"
            and run.kind in LISTS
            and not brought_news
            and shown.ids
            and (
                # After a restart the pages before it come again, and what is behind them is unread.
                len(run.pages) >= run.first_page
            )
        ):
            self._succeed(run, exhausted=False, whole=False)
        elif shown.next_token in tokens:
            if run.kind != "search" and self.known[run.subjects[0]].failures >= 2:
                self.said.append("run_cut_short")
                self._succeed(run, exhausted=False, whole=False)
            else:
                self.fail(run, "repeated_cursor")
        elif run.page_count >= self.settings["run.pages"] or self._goes_nowhere(run):
            self.said.append("run_cut_short")
            self._succeed(run, exhausted=False, whole=False)

    def _goes_nowhere(self, run: Run) -> bool:
        last = run.pages[-int(self.settings["run.empty_pages"]) :]
        return len(last) == self.settings["run.empty_pages"] and not any(ids for ids, _ in last)

    def _succeed(self, run: Run, *, exhausted: bool, whole: bool) -> None:
        """I2, I10: a run has done what it was to do; a full one that read all of its list says who is gone."""
        whole = whole and run.mode == "full"
        if whole and run.kind in LISTS:
            self._sweep_follows(run)
        elif whole and run.kind == "posts":
            self._sweep_posts(run, exhausted)
        run.status, run.exhausted = "success", exhausted
        for subject in run.subjects:
            known = self.known[subject]
            known.fresh_at, known.refused, known.refused_at = self.graph.now, None, None
            known.failures, known.retry_at = 0, None
            if whole and run.kind != "search":
                known.full_at, known.full_retry_at = self.graph.now, None
            elif run.mode == "full":
                known.full_retry_at = self.graph.now + self.settings["subject.recheck"]
            reason = self.missing.get(("user", str(subject[1])))
            if run.kind == "users" and reason is not None:
                known.refused, known.refused_at = class_of(reason[0]), self.graph.now

    def _sweep_follows(self, run: Run) -> None:
        """I2: an edge is gone that no sweep of the last `absent_sweeps` saw, and nobody else since they began."""
        subject = run.subjects[0]
        self.sweeps[subject].append(run)
        needed = int(self.settings["absent_sweeps"])
        if len(self.sweeps[subject]) < needed:
            return
        first = self.sweeps[subject][-needed]
        of_list = {r.id for r in self.runs.values() if r.subjects[:1] == [subject] and r.id >= first.id}
        for (target, follower), edge in self.graph.follows.items():
            if (
                target if run.kind == "followers" else follower
            ) != run.subject or edge.deleted_at is not None:
                continue
            if not any(
                sweep >= first.first_page
                if origin == ("run", first.id)
                else origin[1] in of_list
                if origin[0] == "run" and origin[1] in of_list
                else order > first.began and origin != ("run", run.id)
                for order, origin, sweep in edge.sights
            ):
                run.removed += self.graph.lose_follow(target, follower, ("run", run.id))

    def _sweep_posts(self, run: Run, exhausted: bool) -> None:
        """G4: a post is gone that is newer than the oldest seen and was not seen; of an older one, it is asked."""
        seen = {post_id for ids, _ in run.pages for post_id in ids}
        for post_id, post in self.graph.posts.items():
            order, origin = post.changed
            if post.author != run.subject or post.deleted_at is not None or post_id in seen:
                continue
            if order > run.began and origin != ("run", run.id):
                continue
            if seen and post_id > min(seen):
                run.removed += self.graph.lose_post(post_id, ("run", run.id))
            elif exhausted:
                self.evidence.add(post_id)

    def _take_missing(self, run: Run, shown: Any, origin: Origin) -> None:
        """I6: what was asked for and did not come is recorded with X's reason; G4: some of it is gone."""
        kind = {"users": "user", "handles": "handle", "post_lookup": "post"}[run.kind]
        found = (
            {row["username"].lower() for row in shown.users} if kind == "handle" else set(map(str, shown.ids))
        )
        reasons = {key.lower(): reason for key, reason in shown.missing}
        for key in [h.lower() for h in run.handles] + [str(i) for i in run.items]:
            if key in found:
                self.missing.pop((kind, key), None)
                continue
            reason = reasons.get(key, "not_returned")
            self.missing[kind, key] = (reason, self.graph.now + self.settings["subject.recheck"])
            if kind == "user" and reason in ("suspended", "not_found"):
                self.graph.lose_user(int(key), reason, origin)
            elif kind == "post" and reason == "not_found":
                run.removed += self.graph.lose_post(int(key), origin)

    def fail(self, run: Run, error: str, retry_at: float | None = None) -> None:
        """I1, I2: a run ends in error and deletes nothing; its subjects wait."""
        run.status, run.error = "error", error
        self.said.append("run_failed")
        for subject in run.subjects:
            known = self.known[subject]
            known.failures, known.retry_at = known.failures + 1, retry_at

    def refuse(self, run: Run, error: str, *, said_by_x: bool) -> None:
        """G4: X does not show the subject; edges and posts stay as they are."""
        run.status, run.error = "error", error
        self.said.append("subject_refused")
        assert run.subject is not None
        if said_by_x and error == "subject_protected" and run.subject in self.graph.users:
            user = self.graph.users[run.subject]
            user.protected = True if user.deleted_at is None else user.protected
        elif said_by_x:
            self.graph.lose_user(run.subject, error.removeprefix("subject_"), ("run", run.id))
        known = self.known[run.subjects[0]]
        known.refused, known.refused_at, known.failures, known.retry_at = error, self.graph.now, 0, None

    def restart(self, run: Run) -> None:
        """I4: X refused the cursor: from the top, and what was read before proves nothing of what was not."""
        self.said.append("run_restarted")
        run.restarts, run.first_page, run.is_partial, run.pages = (
            run.restarts + 1,
            run.page_count + 1,
            False,
            [],
        )


def is_retweet(row: dict[str, Any]) -> bool:
    """Whether X names a post as the repetition of another."""
    references = row.get("referenced_tweets") or row.get("referenced_posts") or []
    return any(reference["type"] in ("retweeted", "reposted") for reference in references)


def text_of(row: dict[str, Any]) -> str:
    """The whole text of a post, as far as PostgreSQL can store it."""
    note = row.get("note_tweet") or row.get("note_post") or row
    return str(note["text"]).replace("\0", "\ufffd").replace("\ud83d ", "\ufffd ")


def class_of(reason: str) -> str:
    """As what a subject is refused that a look-up did not return."""
    return "subject_" + (reason if reason in ("suspended", "protected") else "not_found")


# --- A: assets ----------------------------------------------------------------------------------------

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
        """A5: the syncs that must be fresh; `source` is the pinned membership of what a corpus is made from."""
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
