"""Runs: what their pages do to the graph, how they end, what is known of subjects since (I1 to I10, W3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from histories.model.graph import LISTS, Graph, Pair, Subject
from histories.words import Page

_LOOK_UPS = {"users": "user", "handles": "handle", "post_lookup": "post"}  # I6: what may be missing


@dataclass
class Run:
    """I1: a sync of a subject, or of a batch of items. I4: `reads` are its pages, anew after each restart."""

    id: int
    kind: str
    subject: int
    items: list[int]
    handles: list[str]
    mode: str
    starts: list[int]  # and restarts, in the order of statements
    began_at: float
    status: str = "in_progress"
    error: str | None = None
    exhausted: bool | None = None
    is_whole: bool = False  # I2: it was full, and has read all
    reads: list[list[Page]] = field(default_factory=lambda: [[]])

    @property
    def subjects(self) -> list[Subject]:
        """Whose freshness it serves: a search is a sync of its authors' posts (I5)."""
        if self.kind in ("handles", "post_lookup"):
            return []
        return [("posts" if self.kind == "search" else self.kind, i) for i in self.items or [self.subject]]

    @property
    def pages(self) -> list[Page]:
        """All that it has read, restarts or not."""
        return [page for read in self.reads for page in read]

    def pair_with(self, other: int) -> Pair:
        """The follow that a row of its list tells of."""
        return (self.subject, other) if self.kind == "followers" else (other, self.subject)


@dataclass
class Known:
    """What is known of a subject: I10, only success makes fresh; only a whole read is full."""

    fresh_at: float | None = None
    full_at: float | None = None
    full_retry_at: float | None = None  # after a full read that was not whole
    refused: str | None = None  # why X does not show it
    refused_at: float = 0.0
    failures: int = 0
    retry_at: float | None = None  # the engine's choice
    cancelled_at: float | None = None


class Look(NamedTuple):
    """W3: what a profile counted when X had told of a list, and how much of it was not known here."""

    at: float
    counted: int
    unknown: int


@dataclass
class Ingest:
    """Runs and what they do to the graph, subjects, and whom X did not return (I6)."""

    graph: Graph
    settings: dict[str, float]
    runs: dict[int, Run] = field(default_factory=dict)
    known: dict[Subject, Known] = field(default_factory=lambda: defaultdict(Known))
    missing: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)  # why, until
    told: dict[Subject, list[Look]] = field(default_factory=dict)  # W3: lists of which X tells
    doubted: set[int] = field(default_factory=set)  # G4: posts that a look-up by id is to settle
    said: list[str] = field(default_factory=list)  # E3: the decisions that must be recorded

    def take_page(self, run: Run, page: Page, ended: Collection[int]) -> None:
        """I4: a page's rows, and what comes of its run, together."""
        logged = len(self.graph.log)
        self._see(run, page, ended)
        run.reads[-1].append(page)
        is_news = any(change.of == "follows" for change in self.graph.log[logged:])
        ending = self._ending(run, page, is_news=is_news)
        if ending == "circle":
            self.fail(run, "repeated_cursor")
        elif ending:
            self.succeed(run, ending)
        if run.kind in _LOOK_UPS:
            self._take_missing(run, page)

    def _see(self, run: Run, page: Page, ended: Collection[int]) -> None:
        """W3: what X has told to have ended since a page was asked for is not there because of it."""
        origin, takes_retweets = ("run", run.id), self.settings["takes_retweets"]
        self.graph.see_users(page.profiles, origin)
        whole = {profile.id for profile in page.profiles}
        for seen in page.ids if run.kind in LISTS else ():
            if seen not in ended:
                self.graph.see_follow(run.pair_with(seen), origin, is_whole=seen in whole)
        for post in page.posts:
            if post.id not in ended and (takes_retweets or not post.is_retweet):
                self.graph.see_post(post, post.author or run.subject, origin)
        if any(takes_retweets or not is_retweet for is_retweet in page.sick):
            self.said.append("rows_set_aside")

    def _ending(self, run: Run, page: Page, *, is_news: bool) -> str:
        """I2: whether a list ends with a page, and how: only a last page that says so is its end."""
        settings, read = self.settings, run.reads[-1]
        empty = int(settings["run.empty_pages"])
        if run.kind == "posts" and sum(len(each.ids) for each in read) >= settings["timeline.cap"]:
            return "cap"
        if page.next_token is None:
            return "end" if page.says_its_end or run.kind in _LOOK_UPS else "cut"
        # After a restart the pages before it come again, and what is behind them is unread.
        is_known = not is_news and bool(page.ids) and len(read) > len(run.pages) - len(read)
        if is_known and run.mode == "incremental" and run.kind in LISTS:
            return "known"
        if page.next_token in [each.next_token for each in read[:-1]]:
            goes_round = run.kind != "search" and self.known[run.subjects[0]].failures >= 2
            return "cut" if goes_round else "circle"
        goes_nowhere = len(read) >= empty and not any(each.ids for each in read[-empty:])
        return "cut" if len(run.pages) >= settings["run.pages"] or goes_nowhere else ""

    def succeed(self, run: Run, ending: str) -> None:
        """I2, I5, I10: a run has done what it was to do; a full one that read all says who is gone."""
        is_sound = not any(page.is_partial for page in run.reads[-1])
        run.status, run.exhausted = "success", ending == "end" and is_sound
        run.is_whole = run.mode == "full" and ending in ("end", "cap") and is_sound
        if ending == "cut":
            self.said.append("run_cut_short")
        if run.is_whole and run.kind in LISTS:
            self._sweep_follows(run)
        elif run.is_whole and run.kind == "posts":
            self._sweep_posts(run)
        for subject in run.subjects:
            known = self.known[subject]
            known.fresh_at, known.refused, known.failures = self.graph.now, None, 0
            if run.is_whole:
                known.full_at, known.full_retry_at = self.graph.now, None
            elif run.mode == "full":
                known.full_retry_at = self.graph.now + self.settings["subject.recheck"]

    def _sweep_follows(self, run: Run) -> None:
        """I2: gone is whom the last `absent_sweeps` sweeps missed, and nothing else has shown since."""
        first = self.first_sweep(run.subjects)
        if first is None:
            return
        for pair in map(run.pair_with, self.graph.listed(run.kind, run.subject)):
            # What the sweep itself saw before it started over proves nothing.
            since = {("run", first.id): first.starts[-1]}
            sights = self.graph.sights[pair].items()
            if all(order <= since.get(origin, first.starts[0]) for origin, order in sights):
                self.graph.lose("follows", pair, ("run", run.id))

    def first_sweep(self, subjects: list[Subject]) -> Run | None:
        """I2: the first of the last `absent_sweeps` that have read all of a list."""
        sweeps = [run for run in self.runs.values() if run.is_whole and run.subjects == subjects]
        needed = int(self.settings["absent_sweeps"])
        return sweeps[-needed] if len(sweeps) >= needed else None

    def _sweep_posts(self, run: Run) -> None:
        """G4: a post is gone that is newer than the oldest seen, and was not; an older one is asked for."""
        seen = {post_id for page in run.reads[-1] for post_id in page.ids}
        for post_id in [i for i, author in self.graph.authors.items() if author == run.subject]:
            last = self.graph.last["posts", post_id]
            is_newer_tidings = last.order > run.starts[0] and last.origin != ("run", run.id)
            if last.how == "removed" or post_id in seen or is_newer_tidings:
                continue
            if seen and post_id > min(seen):
                self.graph.lose("posts", post_id, ("run", run.id))
            elif run.exhausted:
                self.doubted.add(post_id)

    def _take_missing(self, run: Run, page: Page) -> None:
        """I6: what was asked for and did not come is recorded with X's reason; G4: some of it is gone."""
        kind, origin = _LOOK_UPS[run.kind], ("run", run.id)
        found = {str(user.id) for user in page.profiles} | {str(post.id) for post in page.posts}
        found |= {(user.handle or "").lower() for user in page.profiles}
        for key in [*(handle.lower() for handle in run.handles), *map(str, run.items)]:
            if key in found:
                self.missing.pop((kind, key), None)
                continue
            reason = page.missing.get(key)
            until = self.graph.now + self.settings["subject.recheck"]
            self.missing[kind, key] = (reason or "not_found", until)
            if kind == "user":
                self._refuse(("users", int(key)), reason or "not_found")
            if kind == "user" and reason in ("suspended", "not_found"):
                self.graph.lose_user(int(key), reason, origin)
            elif kind == "post" and reason == "not_found":
                self.graph.lose("posts", int(key), origin)

    def fail(self, run: Run, error: str, retry_at: float | None = None) -> None:
        """I1, I2: a run ends in error and deletes nothing; its subjects wait."""
        run.status, run.error = "error", error
        self.said.append("run_failed")
        for subject in run.subjects:
            self.known[subject].failures += 1
            self.known[subject].retry_at = retry_at

    def refuse(self, run: Run, reason: str, *, said_by_x: bool) -> None:
        """G4: X does not show the subject; edges and posts stay as they are."""
        run.status, run.error = "error", "subject_" + reason
        self.said.append("subject_refused")
        if said_by_x and reason != "protected":
            self.graph.lose_user(run.subject, reason, ("run", run.id))
        elif said_by_x:
            self.graph.protect(run.subject)
        self._refuse(run.subjects[0], reason)

    def _refuse(self, subject: Subject, reason: str) -> None:
        known = self.known[subject]
        known.refused, known.refused_at, known.failures = reason, self.graph.now, 0

    def restart(self, run: Run) -> None:
        """I4: from the top, and what was read before proves nothing of what was not."""
        run.reads.append([])
        run.starts.append(self.graph.order)

    def look(self, subject: Subject, counted: int) -> bool:
        """W3: whether a list's count has moved since the last look as what X told of it has."""
        looks = self.told[subject]
        looks.append(Look(self.graph.now, counted, counted - len(self.graph.listed(*subject))))
        agrees = self.agreed_at(subject) is not None
        if len(looks) > 1 and not agrees:
            self.said.append("events_disagree")
        return agrees

    def agreed_at(self, subject: Subject) -> float | None:
        """W3: when the last look agreed with the one before."""
        looks = self.told.get(subject, [])[-2:]
        return looks[1].at if len(looks) == 2 and looks[0].unknown == looks[1].unknown else None
