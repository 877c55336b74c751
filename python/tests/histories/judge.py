"""Holds what can be seen of the engine against the model, after every statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from histories.judge_money import MoneyJudge
from histories.model.assets import Asset, Success, identity_of
from histories.watch import check, equal, origin_of


@dataclass
class Judge(MoneyJudge):
    """The model, and what was seen of the engine so far."""

    def compare(self, began: int) -> None:
        """After a statement that began at that place in the order: what the model says is what there is."""
        self.compare_runs(began)
        self.compare_calls()
        self._compare_subjects()
        self._compare_logs()
        self.compare_ledger()
        self._compare_materializations()
        self._compare_decisions()

    def _compare_decisions(self) -> None:
        """E3: every time that the engine holds back it says so; repeats are counted."""
        decided: set[tuple[str, str]] = set()
        for kind, about, reason, repeats in self.seen.rows("ingest", "decisions"):
            if self.decided.get((kind, about, reason), 0) < repeats:
                self.decided[kind, about, reason] = repeats
                decided.add((kind, about))
        said = set(self.ingest.said) - {kind for kind, _ in decided}
        self.ingest.said.clear()
        check(not said, f"E3: {said} was not recorded")
        for _, about in (each for each in decided if each[0] == "repair"):
            asset = self.identities[self.instances[int(about.split()[1])]]
            check(asset in self.damaged, f"A13: {asset} had to be repaired")
            self.damaged.discard(asset)

    def _compare_subjects(self) -> None:
        seen = self.subjects
        for subject, (fresh, full, refused, failures) in seen.items():
            known = self.ingest.known[subject]
            whole = known.full_at if subject[0] != "users" else full
            is_ = (known.fresh_at, whole, known.refused and "subject_" + known.refused, known.failures)
            check(is_ == (fresh, full, refused, failures), f"I10: {subject} is {seen[subject]}, not {is_}")
        for subject, known in self.ingest.known.items():
            check(known.fresh_at is None or subject in seen, f"I10: nothing is known of {subject}")
        told = self.ingest.told.items()
        equal(
            "W3: subscription",
            {
                (kind, i): (counted, agreed)
                for kind, i, counted, agreed in self.seen.rows("ingest", "subscriptions")
            },
            {s: (looks[-1].counted if looks else None, self.ingest.agreed_at(s)) for s, looks in told},
        )

    def _compare_logs(self) -> None:
        logs, changes = self.seen.logs, self.graph.log[self.logged :]
        self.position, self.logged = logs["position"], len(self.graph.log)
        seen: list[tuple[Any, ...]] = []
        for of in ("users", "posts"):
            seen += [(of, row, how, origin_of(*by)) for row, how, *by in logs[of] or []]
        for user, old, new, *by in logs["handles"] or []:
            seen.append(("handles", user, (old, new), origin_of(*by)))
        for target, follower, how, *by, at in logs["follows"] or []:
            seen.append(("follows", (target, follower), how, origin_of(*by), at))
        said = [change[: 5 if change.of == "follows" else 4] for change in changes]
        check(sorted(seen, key=repr) == sorted(said, key=repr), f"G7: the log says {seen}, and it is {said}")

    def compare_graph(self) -> None:
        """G2 to G6: every row of the graph."""
        seen, graph = self.engine.see("graph_of"), self.graph
        users = {}
        for i, (_, handle, *shown) in graph.users.items():
            why, since = graph.gone.get(i, (None, None))
            users[i] = (handle, shown[0], since, why, *shown[1:])
        equal("G2, G3, G4: user", {row[0]: tuple(row[1:]) for row in seen["users"] or []}, users)
        first = {pair: at for of, pair, how, _, at, _ in graph.log if (of, how) == ("follows", "added")}
        follows = {pair: (at, self._ended_at("follows", pair)) for pair, at in first.items()}
        equal("G4, I2: follow", {(t, f): (a, b) for t, f, a, b in seen["follows"] or []}, follows)
        posts = {i: (a, graph.texts[i], self._ended_at("posts", i)) for i, a in graph.authors.items()}
        equal("G4, G6: post", {row[0]: tuple(row[1:]) for row in seen["posts"] or []}, posts)

    def _ended_at(self, of: str, row: Any) -> float | None:
        return None if self.graph.is_there(of, row) else self.graph.last[of, row].at

    def _compare_materializations(self) -> None:
        new = [row for row in self.seen.rows("assets", "new") if row["id"] not in self.materialized]
        if not new:
            return
        by_id, self.wanted_before = self.instances, self.wanted()
        last_of = {row["instance"]: row["id"] for row in new}
        for row in new:
            self.materialized.add(row["id"])
            check(row["status"] == "success", f"A7: materialization {row['id']} is {row['status']}")
            # A fanout's target may be asked for by what was materialized in this very tick.
            self.wanted()
            found = self.identities.get(by_id[row["instance"]])
            check(found is not None, f"A4: instance {row['instance']} is materialized, and nobody wants it")
            assert found is not None
            check(found not in self.damaged, f"A13: {found} is materialized on a wrong checkpoint")
            self._compare_materialization(found, row, is_last=row["id"] == last_of[row["instance"]])

    def _compare_materialization(self, asset: Asset, row: dict[str, Any], *, is_last: bool) -> None:
        pins = self._pins_of(asset, row)
        for subject in self.assets.needs(asset, pins["source"].members if "source" in pins else frozenset()):
            # The first time it is queued when it may be, and read in a tick of its own.
            check(
                not self.assets.successes[asset] or self.is_met(asset, subject),
                f"A5: materialization {row['id']} of {asset}: {subject} is not fresh",
            )
        check(
            not self.assets.is_current(asset, pins),
            f"A6: materialization {row['id']} of {asset} was not needed",
        )
        before, ever = self.assets.last(asset).members, self.assets.ever(asset)
        success = self.assets.succeed(asset, row["id"], pins)
        self.closure = None
        enters, exits = success.members - before, before - success.members
        said: dict[int, list[bool | None]] = {i: [True, i not in ever] for i in enters}
        said |= {i: [False, None] for i in exits}
        seen = {item: [is_enter, is_first] for item, is_enter, is_first in row["events"] or []}
        equal(f"A1, A9: materialization {row['id']} of {asset}: event of", seen, said)
        is_ = (success.revision, len(success.members), len(enters), len(exits))
        check(
            is_ == (row["revision"], row["count"], row["enters"], row["exits"]),
            f"A8: materialization {row['id']}: {row}, not {is_}",
        )
        snapshot = set(row["members"] or [])
        check(
            not is_last or snapshot == success.members,
            f"A10: the snapshot of {asset} is not {success.members}",
        )

    def _pins_of(self, asset: Asset, row: dict[str, Any]) -> dict[str, Success]:
        """A12: a materialization names what it read."""
        pins = {}
        for role, dependency in asset.dependencies.items():
            pinned = (row["pins"] or {}).get(role)
            found = [s for s in self.assets.successes[dependency] if s.id == pinned]
            check(bool(found), f"A12: materialization {row['id']} pins {role} at {pinned}")
            pins[role] = found[0]
        return pins

    def compare_rest(self) -> None:
        """A3 to A6, E3: after a tick that found nothing more to do, nothing is missing."""
        wanted = self.wanted()
        equal(
            "A4: instance",
            {self.instances[number]: True for number in self.seen.rows("assets", "wanted")},
            {identity_of(asset): True for asset in wanted},
        )
        under_way = {
            s for run in self.ingest.runs.values() if run.status == "in_progress" for s in run.subjects
        }
        self._compare_needs(wanted)
        for asset in wanted:
            waits = any(not self.assets.successes[dependency] for dependency in asset.dependencies.values())
            needs = set() if waits else self.needs_of(asset)
            for subject in needs:
                check(
                    subject in under_way or not self.is_due(subject, early=False),
                    f"A5: {subject} is due, and is not bought",
                )
            if not waits and all(self.is_met(asset, subject) for subject in needs):
                check(self.assets.is_current(asset), f"A6: {asset} has not read what moved")

    def _compare_needs(self, wanted: dict[Asset, set[Any]]) -> None:
        by_id = self.instances
        seen = {
            (by_id[consumer], (kind, subject)): True
            for kind, subject, consumer in self.seen.rows("ingest", "needs")
        }
        said = {(identity_of(asset), subject): True for asset in wanted for subject in self.needs_of(asset)}
        equal("A5: need", seen, said)
