"""Judges runs: what may be bought, and what becomes of it (I1 to I9, A5, W3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from histories.judge_calls import CallsJudge
from histories.model.graph import Subject
from histories.model.runs import LISTS, Run, class_of
from histories.watch import check

_UNASKED = ("first", "due", "reconcile", "doubt", "free", "told")


@dataclass
class RunsJudge(CallsJudge):
    """The part of the judge that knows runs."""

    def compare_runs(self, began: int) -> None:
        needed = {(kind, subject) for kind, subject, *_ in self.seen.rows("ingest", "needs")}
        for row in self.rows.values():
            run = self.ingest.runs.get(row["id"])
            is_new = run is None
            if run is None:
                run = self._begin(row, began)
            added = set(row["items"] or []) - set(run.items) if not is_new else set(row["items"] or [])
            run.items, run.mode, run.reason = row["items"] or [], row["mode"], row["reason"]
            self._permit(run, needed | self.needed, is_new, added)
            if run.is_waiting and not row["waiting"]:
                self._begin_to_read(run, row)
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

    def _begin_to_read(self, run: Run, row: dict[str, Any]) -> None:
        """W3: a look at the counts says whether X has told all: then what is merely due is not read."""
        run.is_waiting = False
        subject = (run.kind, run.subject or 0)
        if subject not in self.ingest.subscriptions or row["counted"] is None:
            return
        counted = self.graph.users[subject[1]].counts[LISTS.index(run.kind)]
        check(
            row["counted"] == counted,
            f"I9: run {run.id} counts {row['counted']}, and the profile says {counted}",
        )
        assert counted is not None
        agrees = self.ingest.compare_counts(subject, counted)
        check(
            (row["reason"] == "told" and agrees) or row["reason"] != ("due" if agrees else "told"),
            f"W3: run {run.id} is {row['reason']}, and counts and events agree: {agrees}",
        )

    def _permit(self, run: Run, needed: set[Subject], is_new: bool, added: set[int]) -> None:
        """I9, A5: nothing is bought but what somebody asked for, or what is needed and due."""
        if run.kind in (*LISTS, "posts") and is_new and run.reason in _UNASKED:
            subject = run.subjects[0]
            check(subject in needed, f"A5: {subject} is bought, and nobody needs it")
            check(self.is_due(subject, early=True), f"I9: {subject} is bought and not due")
        for user_id in added if run.kind == "users" else ():
            check(
                self._is_wanted_profile(user_id, needed, run),
                f"I9: the profile of {user_id} is bought for nobody (run {run.id}, {run.reason})",
            )
        if is_new and run.reason in ("due", "told") and run.kind in LISTS:
            self._permit_told(run)
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

    def _permit_told(self, run: Run) -> None:
        """W3, I9: a list of which X tells is fresh unread, while a look has agreed within the heartbeat."""
        subscription = self.ingest.subscriptions.get(run.subjects[0])
        agreed_at = None if subscription is None else subscription.agreed_at
        known = self.ingest.known[run.subjects[0]]
        is_told = agreed_at is not None and agreed_at > self.graph.now - self.settings["webhook.heartbeat"]
        window = self.window(run.subjects[0])
        is_old = window is None or self._must_be_read(run.subjects[0], window)
        check(
            run.reason == "told" or not is_told or is_old or known.refused is not None or known.failures > 0,
            f"W3: run {run.id} reads what X tells",
        )

    def _must_be_read(self, subject: Subject, window: float) -> bool:
        at = self.reconcile_at(subject, window, early=True)
        return at is None or at <= self.graph.now

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
            or self._has_left(user_id)
            or run.reason == "requested"
            or (subject in needed and self.is_due(subject, early=True))
        )

    def _has_left(self, user_id: int) -> bool:
        """Whom a sweep finds missing is looked up where leavers.look_up says so."""
        gone = (pair for pair, edge in self.graph.follows.items() if edge.deleted_at is not None)
        return bool(self.settings["looks_up_leavers"]) and any(user_id in pair for pair in gone)

    def _end_beside(self, run: Run, row: dict[str, Any]) -> None:
        """A run ended without an answer of its own: it waited for another, was cancelled, or fell silent."""
        if row["status"] == "cancelled":
            check(self._may_be_cancelled(run), f"I1: nobody cancelled run {run.id}")
            run.status = "cancelled"
            for subject in run.subjects:
                self.ingest.known[subject].cancelled_at = self.graph.now
        elif row["status"] == "success":
            check(row["reason"] == "told", f"I10: run {run.id} was a success without an answer")
            check(run.subjects[0] in self.ingest.subscriptions, f"W3: nobody tells of {run.subjects[0]}")
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
        """A full sync was asked for while only what is new was read: that run reads all, from the top."""
        for row in self.rows.values():
            run = self.ingest.runs.get(row["id"])
            if (
                run is not None
                and run.mode == "incremental"
                and row["mode"] == "full"
                and row["restarts"] > run.restarts
            ):
                self.ingest.restart(run)

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
