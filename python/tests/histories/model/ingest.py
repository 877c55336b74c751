"""Runs, and what their pages do to the graph (I1 to I7, I10)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from histories.model.graph import LISTS, Graph, Origin, Subject

# What each kind of answer leads to (I1, I2, I8), learned from X and not from the database.
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
        of: list[int | None] = [*self.items] or [self.subject]
        return [(served, i) for i in of if i is not None]


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
            target, follower = (run.subject, seen) if run.kind == "followers" else (seen, run.subject)
            assert target is not None
            assert follower is not None
            self.graph.see_follow(target, follower, origin, run.first_page)
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
        """I2, I10: a run has done what it was to do; a full one that read all says who is gone."""
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
        """I2: an edge is gone that the last `absent_sweeps` sweeps missed, and nobody else showed since."""
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
        """G4: a post is gone that is newer than the oldest seen, and was not; an older one is asked for."""
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
            if user.deleted_at is None and not user.protected:
                self.graph.silence(run.subject)
                user.protected = True
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
