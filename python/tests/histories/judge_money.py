"""Judges what is spent: the ledger, who pays, and that no budget is exceeded (I8, I9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from histories.judge_runs import RunsJudge
from histories.model.assets import identity_of
from histories.watch import SLACK, check, equal


@dataclass
class MoneyJudge(RunsJudge):
    """The part of the judge that knows money."""

    # Of each run, as they were when they were named, and for which items.
    payers: dict[int, list[int]] = field(default_factory=dict)
    paid_for: dict[int, list[int] | None] = field(default_factory=dict)

    def compare_ledger(self) -> None:
        """I8, I9: every call that went out is entered, at its worst price or at what it cost."""
        said = {
            (call, attempt): [entry.asked, entry.billed, self.calls[call].is_out and attempt == len(entries)]
            for call, entries in self.books.entries.items()
            for attempt, entry in enumerate(entries, 1)
        }
        equal("I8, I9: entry", {key: row[:3] for key, row in self.ledger.items()}, said)
        for run in self.rows.values():
            if run["payers"] is not None:
                is_same = run["payers"] == self.payers.get(run["id"], run["payers"])
                was_filled = run["items"] != self.paid_for.get(run["id"])
                check(is_same or was_filled, f"I8: the payers of run {run['id']} change")
                self.payers[run["id"]], self.paid_for[run["id"]] = run["payers"], run["items"]
        for budget in self.seen.rows("books", "budgets"):
            self._compare_budget(budget)

    def _compare_budget(self, budget: dict[str, Any]) -> None:
        """I8: a budget knows what was spent in its scope, to the last share: no more than its cap."""
        spent = 0.0
        for (call, attempt), (*_, at) in self.ledger.items():
            entry = self.books.entries[call][attempt - 1]
            check(at >= entry.booked_at, f"I8: call {call} is counted before it went out")
            if at >= budget["began_at"] and budget["endpoint"] in (None, entry.endpoint):
                spent += entry.cost_to(budget["payer"], self.payers.get(entry.run, ()))
        scope = f"{budget['scope']} a {budget['period']}"
        check(
            abs(spent - budget["spent"]) < SLACK, f"I8: {scope} has spent USD {budget['spent']}, not {spent}"
        )
        most = max(
            budget["cap"],
            self.caps.setdefault((budget["scope"], budget["period"], budget["began_at"]), spent),
        )
        check(spent <= most + SLACK, f"I8: USD {spent} of {budget['cap']} are spent on {scope}")

    def compare_reserved(self) -> None:
        """I8: where a call has just gone out, what X's events cost has been thought of."""
        for budget in self.seen.rows("books", "budgets"):
            if budget["scope"] == "everything":
                told = self.inbox.cost_since(budget["began_at"])
                check(
                    budget["spent"] + told <= budget["cap"] + SLACK,
                    f"I8: a call goes out, and USD {budget['spent']} + {told} of {budget['cap']} are spent",
                )

    def compare_payers(self) -> None:
        """I8: those roots pay a run that wait for what it brings when it starts."""
        needs: dict[tuple[str, int], set[int]] = {}
        for kind, subject, consumer in self.seen.rows("ingest", "needs"):
            needs.setdefault((kind, subject), set()).add(consumer)
        by_id, wanted = self.instances, self.wanted()
        number_of = {root: number for number, root in self._numbered_roots().items()}
        for run in self.rows.values():
            if run["payers"] is None or run["payers"] == self.payers.get(run["id"]):
                continue
            consumers = {c for subject in self._paid_for(run) for c in needs.get(subject, ())}
            waiting = {
                number_of[root] for c in consumers for root in wanted.get(self.identities[by_id[c]], ())
            }
            check(
                set(run["payers"]) == waiting, f"I8: {run['payers']} pay for run {run['id']}, not {waiting}"
            )

    def _paid_for(self, run: dict[str, Any]) -> list[tuple[str, int]]:
        """For profiles whoever needs anything of their users pays; for posts, who needs their authors'."""
        if run["kind"] == "handles":
            return []
        ids = run["items"] or [run["subject"]]
        if run["kind"] == "post_lookup":
            return [("posts", self.graph.authors[i]) for i in ids]
        kinds = {"users": ("users", "followers", "following", "posts"), "search": ("posts",)}
        return [(kind, i) for i in ids for kind in kinds.get(run["kind"], (run["kind"],))]

    def _numbered_roots(self) -> dict[int, Any]:
        by_id = self.instances
        keys = {(identity_of(root.asset), root.target_kind, root.mode): root for root in self.assets.enabled}
        return {
            number: keys[by_id[instance], target, mode]
            for number, instance, target, mode in self.seen.rows("assets", "roots")
            if (by_id[instance], target, mode) in keys
        }
