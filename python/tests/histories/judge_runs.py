"""Judges runs: which begin, and what becomes of them (I1 to I8, W3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from histories.judge_calls import CallsJudge
from histories.model.ingest import Run
from histories.watch import check


@dataclass
class RunsJudge(CallsJudge):
    """The part of the judge that knows runs."""

    def compare_runs(self, began: int) -> None:
        needs = {(kind, subject, consumer) for kind, subject, consumer in self.seen.rows("ingest", "needs")}
        needed = {(kind, subject) for kind, subject, _ in needs}
        self.newly_needed = {(kind, subject) for kind, subject, _ in needs - self.needs}
        open_runs = [run for run in self.ingest.runs.values() if run.status == "in_progress"]
        # A batch may be parted.
        asked = {(run.kind, item) for run in open_runs for item in run.items}
        for row in self.rows.values():
            is_new = row["id"] not in self.ingest.runs
            run = self._begin(row, began) if is_new else self.ingest.runs[row["id"]]
            items = row["items"] or []
            added = {item for item in set(items) - set(run.items) if (run.kind, item) not in asked}
            run.items, run.mode = items, row["mode"]
            self.permit(run, row["reason"], needed | self.needed, added, is_new=is_new)
            if run.id not in self.reading and not row["waiting"]:
                self.reading.add(run.id)
                self.compare_mode(run, row)
                self._begin_to_read(run, row)
            if run.status != row["status"]:
                self._end_beside(run, row)
            self._compare_run(run, row)
        under_way = {run.id for run in self.ingest.runs.values() if run.status == "in_progress"}
        check(under_way <= self.rows.keys(), f"I1: runs {under_way - self.rows.keys()} are gone")
        self.needs, self.needed, self.asked_for = needs, needed, set()

    def _begin(self, row: dict[str, Any], began: int) -> Run:
        subject, handles = row["subject"] or 0, row["handles"] or []
        run = Run(row["id"], row["kind"], subject, [], handles, row["mode"], [began], self.graph.now)
        self.ingest.runs[run.id] = run
        return run

    def _begin_to_read(self, run: Run, row: dict[str, Any]) -> None:
        """W3: a look at the counts says whether X has told all: then what is merely due is not read."""
        subject = (run.kind, run.subject)
        if subject not in self.ingest.told or row["counted"] is None:
            return
        user = self.graph.users[run.subject]
        counted = user.followers if run.kind == "followers" else user.following
        check(
            row["counted"] == counted,
            f"I9: run {run.id} counts {row['counted']}, and the profile says {counted}",
        )
        agrees = self.ingest.look(subject, row["counted"])
        check(
            (row["reason"] == "told" and agrees) or row["reason"] != ("due" if agrees else "told"),
            f"W3: run {run.id} is {row['reason']}, and counts and events agree: {agrees}",
        )

    def _end_beside(self, run: Run, row: dict[str, Any]) -> None:
        """A run ended without an answer of its own: it waited for another, was cancelled, or fell silent."""
        if row["status"] == "cancelled":
            check(self._may_be_cancelled(run), f"I1: nobody cancelled run {run.id}")
            run.status = "cancelled"
            for subject in run.subjects:
                self.ingest.known[subject].cancelled_at = self.graph.now
        elif row["status"] == "success":
            check(row["reason"] == "told", f"I10: run {run.id} was a success without an answer")
            check(run.subjects[0] in self.ingest.told, f"W3: nobody tells of {run.subjects[0]}")
            self.ingest.succeed(run, "told")
        elif row["status"] == "in_progress":
            check(False, f"I1: run {run.id} goes on, and it is over: {run.status}")
        elif row["class"].startswith("subject_"):
            reason, _ = self.ingest.missing.get(("user", str(run.subject)), ("", 0.0))
            check(row["class"] == "subject_" + reason, f"I6: run {run.id} is refused as {row['class']}")
            self.ingest.refuse(run, reason, said_by_x=False)
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
        return not run.pages and any(
            row["kind"] == "users" and row["status"] == "error" and run.subject in row["items"]
            for row in self.rows.values()
        )

    def take_widened(self) -> None:
        """A full sync was asked for while only what is new was read: that run reads all, from the top."""
        for row in self.rows.values():
            run = self.ingest.runs.get(row["id"])
            is_widened = run is not None and run.mode == "incremental" and row["mode"] == "full"
            if run is not None and is_widened and row["restarts"] == len(run.reads):
                self.ingest.restart(run)

    def _compare_run(self, run: Run, row: dict[str, Any]) -> None:
        entries = (entry for entries in self.books.entries.values() for entry in entries)
        is_ = {
            "status": run.status,
            "class": run.error,
            "exhausted": run.exhausted,
            "pages": len(run.pages),
            "resources": sum(page.row_count for page in run.pages),
            "billed": sum(entry.billed or 0 for entry in entries if entry.run == run.id),
            "removed": self.graph.removed["run", run.id],
            "restarts": len(run.reads) - 1,
        }
        seen = {key: row[key] for key in is_}
        check(
            is_ == seen, f"I1, I2: run {run.id} ({run.mode} {run.kind} of {run.subject}) is {seen}, not {is_}"
        )
        if run.status == "error" and not (run.error or "").startswith("subject_"):
            for subject in run.subjects:
                self.ingest.known[subject].retry_at = row["retry_at"]
