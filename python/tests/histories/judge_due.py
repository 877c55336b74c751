"""Judges what is bought: what may be, what must be, and what is fresh enough without (A5, I3, I9, W3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from histories.model.assets import Asset, Success, Windows, identity_of
from histories.model.graph import LISTS, Subject
from histories.model.ingest import Run
from histories.watch import SLACK, Watch, check

_UNASKED = ("first", "due", "reconcile", "doubt", "free", "told")


@dataclass
class DueJudge(Watch):
    """The part of the judge that knows when a subject is due."""

    def permit(self, run: Run, reason: str, needed: set[Subject], added: set[int], *, is_new: bool) -> None:
        """I9, A5: nothing is bought but what somebody asked for, or what is needed and due."""
        if run.kind in (*LISTS, "posts") and is_new and reason in _UNASKED:
            subject = run.subjects[0]
            check(subject in needed, f"A5: {subject} is bought, and nobody needs it")
            check(self.is_due(subject, early=True), f"I9: {subject} is bought and not due")
        for user_id in added if run.kind == "users" else ():
            check(
                self._is_wanted_profile(user_id, needed, reason),
                f"I9: the profile of {user_id} is bought for nobody (run {run.id}, {reason})",
            )
        if run.kind in LISTS and is_new:
            self._permit_list(run, reason)
        if run.kind == "search" and is_new:
            check(
                all(("posts", i) in needed for i in added),
                f"A5: run {run.id} searches for whom nobody needs",
            )
        if run.kind == "post_lookup":
            check(added <= self.ingest.doubted, f"I9: posts {added} are looked up without a doubt")

    def _permit_list(self, run: Run, reason: str) -> None:
        """I3: the first read is full. W3, I9: a list of which X tells is fresh unread, while looks agree."""
        subject = run.subjects[0]
        known, agreed_at = self.ingest.known[subject], self.ingest.agreed_at(subject)
        was_full = known.full_at is not None or known.full_retry_at is not None
        check(
            run.mode == "full" or reason == "told" or was_full,
            f"I3: the first run {run.id} of its subject is not full",
        )
        is_told = agreed_at is not None and agreed_at > self.graph.now - self.settings["webhook.heartbeat"]
        may_be_read = known.refused is not None or known.failures > 0 or self._must_be_read(subject)
        check(reason != "due" or not is_told or may_be_read, f"W3: run {run.id} reads what X tells")

    def compare_mode(self, run: Run, row: dict[str, Any]) -> None:
        """I3: what is due in full by its age is read in full, unless that was tried lately."""
        is_read = row["status"] in ("in_progress", "success") and row["reason"] != "requested"
        if run.kind in (*LISTS, "posts") and is_read:
            subject = run.subjects[0]
            due_at = self._reconcile_at(subject, early=False)
            tried_until = self.ingest.known[subject].full_retry_at or 0.0
            # Whoever came to need it in the same tick may have come too late.
            is_new = subject in self.newly_needed
            is_due = due_at is not None and max(due_at, tried_until) < self.graph.now and not is_new
            check(
                run.mode == "full" or not is_due,
                f"I3: run {run.id} of {subject} is to be full since {due_at}",
            )

    def _must_be_read(self, subject: Subject) -> bool:
        at = self._reconcile_at(subject, early=True)
        return at is None or at <= self.graph.now

    def _is_wanted_profile(self, user_id: int, needed: set[Subject], reason: str) -> bool:
        subject = ("users", user_id)
        is_awaited = any(
            run.subject == user_id
            and run.kind in (*LISTS, "posts")
            and (run.status == "in_progress" or run.id in self.rows)
            for run in self.ingest.runs.values()
        ) or any(row["subject"] == user_id and row["kind"] in (*LISTS, "posts") for row in self.rows.values())
        return (
            is_awaited
            or subject in self.asked_for
            or subject in self.awaited
            or self._has_left(user_id)
            or reason == "requested"
            or (subject in needed and self.is_due(subject, early=True))
        )

    def _has_left(self, user_id: int) -> bool:
        """Whom a sweep finds missing is looked up where leavers.look_up says so."""
        gone = (pair for pair in self.graph.sights if not self.graph.is_there("follows", pair))
        return bool(self.settings["looks_up_leavers"]) and any(user_id in pair for pair in gone)

    def is_due(self, subject: Subject, *, early: bool) -> bool:
        """A5, I3: whether it may (early) or must be bought unasked by now."""
        known, window = self.ingest.known[subject], self._window(subject)
        if window is None:
            return early
        reconcile_at = self._reconcile_at(subject, early=early)
        if known.failures and known.retry_at is not None:
            at = known.retry_at
        elif known.refused is not None:
            at = known.refused_at + self.settings["subject.recheck"]
        elif known.fresh_at is None:
            at = 0.0
        elif reconcile_at is not None and reconcile_at > known.fresh_at:
            at = min(known.fresh_at + window, reconcile_at)
        else:
            at = known.fresh_at + window
        not_before = 0.0 if known.cancelled_at is None else known.cancelled_at + window
        return max(at, not_before) <= self.graph.now + SLACK

    def _reconcile_at(self, subject: Subject, *, early: bool) -> float | None:
        """I3: when a list is to be read in full by its age; a little early, by no more than a twentieth."""
        full_at, window = self.ingest.known[subject].full_at, self._window(subject)
        default = self.settings.get("reconcile." + subject[0])
        if full_at is None or default is None or window is None:
            return None
        age = min(default if w.reconcile is None else w.reconcile for w in self._windows(subject))
        return full_at + max(age * (0.94 if early else 1.0), window)

    def _window(self, subject: Subject) -> float | None:
        """A5: the smallest window that a wanted asset asks for; None where none does."""
        default = self.settings["freshness." + subject[0]]
        return min((default if w.fresh is None else w.fresh for w in self._windows(subject)), default=None)

    def _windows(self, subject: Subject) -> list[Windows]:
        return [
            self.assets.enabled[root]
            for asset, roots in self.wanted().items()
            if subject in self.needs_of(asset)
            for root in roots
        ]

    def needs_of(self, asset: Asset) -> set[Subject]:
        """A5: the syncs that an asset needs as it is pinned now."""
        source = asset.dependencies.get("source")
        if source is None:
            return self.assets.needs(asset, frozenset())
        pinned = {
            self.instances[number]: pinned_id for number, pinned_id in self.seen.rows("assets", "sources")
        }
        found = (s for s in self.assets.successes[source] if s.id == pinned.get(identity_of(asset)))
        return self.assets.needs(asset, next(found, Success()).members)

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
