"""What the pages of runs do to the graph, and what becomes of the runs (I1 to I7, I10, W3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from histories.model.graph import Graph, Origin, Subject
from histories.model.runs import LISTS, Known, Run, Shown, class_of


@dataclass
class Subscription:
    """W3: X tells of every follow. What the profile counted at the last look, and what we had."""

    counted: int | None = None
    had: int = 0
    agreed_at: float | None = None


@dataclass
class Ingest:
    """Runs and what they do to the graph, subjects, and whom X did not return (I6)."""

    graph: Graph
    settings: dict[str, float]
    runs: dict[int, Run] = field(default_factory=dict)
    known: dict[Subject, Known] = field(default_factory=lambda: defaultdict(Known))
    missing: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    sweeps: dict[Subject, list[Run]] = field(default_factory=lambda: defaultdict(list))
    subscriptions: dict[Subject, Subscription] = field(default_factory=dict)
    evidence: set[int] = field(default_factory=set)  # G4: posts that a look-up by id is to settle
    said: list[str] = field(default_factory=list)  # E3: the decisions that must be recorded

    def take_page(self, run: Run, page_no: int, shown: Shown, billed: int) -> None:
        """I4: a page's rows, and what comes of its run, together."""
        origin: Origin = ("run", run.id)
        before = dict(self.graph.moved)
        self.graph.see_users(shown.profiles, origin)
        whole = {profile.id for profile in shown.profiles}
        for seen in shown.ids if run.kind in LISTS else ():
            if seen not in shown.ended:
                self._see_follow(run, seen, is_whole=seen in whole)
        takes_retweets = bool(self.settings["takes_retweets"])
        for post in shown.posts:
            if post.id not in shown.ended and (takes_retweets or not post.is_retweet):
                self.graph.see_post(post, post.author or run.subject or 0, origin)
        run.page_count, run.resources, run.billed = (
            page_no,
            run.resources + shown.row_count,
            run.billed + billed,
        )
        run.is_partial = run.is_partial or shown.is_partial
        run.pages.append(shown)
        if any(takes_retweets or not is_retweet for is_retweet in shown.sick):
            self.said.append("rows_set_aside")
        if run.kind in ("users", "handles", "post_lookup"):
            self._take_missing(run, shown, origin)
            self._succeed(run, exhausted=True, whole=True)
        else:
            is_news = any(self.graph.moved.get(s, 0) != before.get(s, 0) for s in run.subjects)
            self._go_on(run, shown, is_news=is_news)

    def _see_follow(self, run: Run, seen: int, *, is_whole: bool) -> None:
        """G2, I2: a row that cannot be stored makes no edge, but was seen all the same."""
        listed = run.subject or 0
        pair = (listed, seen) if run.kind == "followers" else (seen, listed)
        if is_whole:
            self.graph.see_follow(*pair, ("run", run.id), run.first_page)
        elif pair in self.graph.follows:
            self.graph.follows[pair].sights.append((self.graph.order, ("run", run.id), run.first_page))

    def _go_on(self, run: Run, shown: Shown, *, is_news: bool) -> None:
        """I2: when a list ends: only a last page that says so is an end. I5: a cap is none."""
        settings = self.settings
        if run.kind == "posts" and sum(len(p.ids) for p in run.pages) >= settings["timeline.cap"]:
            self._succeed(run, exhausted=False, whole=not run.is_partial)
        elif shown.next_token is None and shown.says_its_end:
            self._succeed(run, exhausted=not run.is_partial, whole=not run.is_partial)
        elif shown.next_token is None:
            self._cut_short(run)
        elif run.mode == "incremental" and run.kind in LISTS and self._has_met_the_known(run, shown, is_news):
            self._succeed(run, exhausted=False, whole=False)
        elif shown.next_token in [page.next_token for page in run.pages[:-1]]:
            if run.kind != "search" and self.known[run.subjects[0]].failures >= 2:
                self._cut_short(run)
            else:
                self.fail(run, "repeated_cursor")
        elif run.page_count >= settings["run.pages"] or self._goes_nowhere(run):
            self._cut_short(run)

    def _goes_nowhere(self, run: Run) -> bool:
        last = run.pages[-int(self.settings["run.empty_pages"]) :]
        return len(last) == self.settings["run.empty_pages"] and not any(page.ids for page in last)

    def _has_met_the_known(self, run: Run, shown: Shown, is_news: bool) -> bool:
        # After a restart the pages before it come again, and what is behind them is unread.
        return not is_news and bool(shown.ids) and len(run.pages) >= run.first_page

    def _cut_short(self, run: Run) -> None:
        self.said.append("run_cut_short")
        self._succeed(run, exhausted=False, whole=False)

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
        """I2: gone is whom the last `absent_sweeps` sweeps missed, and nothing else has shown since."""
        kind, subject = run.subjects[0]
        self.sweeps[kind, subject].append(run)
        needed = int(self.settings["absent_sweeps"])
        if len(self.sweeps[kind, subject]) < needed:
            return
        first = self.sweeps[kind, subject][-needed]
        for other in self.graph.listed(kind, subject):
            pair = (subject, other) if kind == "followers" else (other, subject)
            if not any(self._confirms(sight, first) for sight in self.graph.follows[pair].sights):
                run.removed += self.graph.lose_follow(*pair, ("run", run.id))

    def _confirms(self, sight: tuple[int, Origin, int], first: Run) -> bool:
        order, (by, number), page_no = sight
        run = self.runs[number] if by == "run" else None
        if run is None or run.subjects != first.subjects:
            return order > first.began
        return run.id > first.id or (run is first and page_no >= first.first_page)

    def _sweep_posts(self, run: Run, exhausted: bool) -> None:
        """G4: a post is gone that is newer than the oldest seen, and was not; an older one is asked for."""
        seen = {post_id for page in run.pages for post_id in page.ids}
        for post_id, post in self.graph.posts.items():
            order, origin = post.changed
            is_newer_tidings = order > run.began and origin != ("run", run.id)
            if post.author != run.subject or post.deleted_at or post_id in seen or is_newer_tidings:
                continue
            if seen and post_id > min(seen):
                run.removed += self.graph.lose_post(post_id, ("run", run.id))
            elif exhausted:
                self.evidence.add(post_id)

    def _take_missing(self, run: Run, shown: Shown, origin: Origin) -> None:
        """I6: what was asked for and did not come is recorded with X's reason; G4: some of it is gone."""
        kind = {"users": "user", "handles": "handle", "post_lookup": "post"}[run.kind]
        found = {str(p.id) for p in shown.profiles} | {str(p.id) for p in shown.posts}
        found |= {p.handle.lower() for p in shown.profiles if p.handle}
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
        subject = run.subjects[0]
        user = self.graph.users.get(subject[1])
        if said_by_x and error != "subject_protected":
            self.graph.lose_user(subject[1], error.removeprefix("subject_"), ("run", run.id))
        elif said_by_x and user is not None:
            self.graph.silence(subject[1])
            user.protected = user.protected or user.deleted_at is None
        known = self.known[subject]
        known.refused, known.refused_at, known.failures, known.retry_at = error, self.graph.now, 0, None

    def restart(self, run: Run) -> None:
        """I4: from the top, and what was read before proves nothing of what was not."""
        run.restarts, run.first_page, run.is_partial, run.pages = (
            run.restarts + 1,
            run.page_count + 1,
            False,
            [],
        )

    def compare_counts(self, subject: Subject, counted: int) -> bool:
        """W3: a look at the profile: whether its count has moved as what we were told has."""
        subscription = self.subscriptions[subject]
        had = len(self.graph.listed(*subject))
        is_first = subscription.counted is None
        agrees = not is_first and counted - (subscription.counted or 0) == had - subscription.had
        if not is_first and not agrees:
            self.said.append("events_disagree")
        subscription.counted, subscription.had = counted, had
        subscription.agreed_at = self.graph.now if agrees else None
        return agrees
