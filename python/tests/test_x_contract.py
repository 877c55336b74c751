"""What the database asks of X, and what the simulator answers, against a document that neither was made from.

Provider and simulator have one author, who may have misread X. The document is ours too, but written from X's
reference alone; where the variable X_OPENAPI names X's own document, both are held against that as well.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.database import Connection, call
from app.simulator import Days, seeded_world
from conftest import Database
from test_simulator_shapes import X
from x_contract import OURS, Contract

DOCUMENTS = [OURS, *map(Path, filter(None, [os.environ.get("X_OPENAPI")]))]
# Searches are made in the old vocabulary only.
ASKED = {"users", "by", "followers", "following", "tweets of a user", "tweets"}


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.stem)
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract(request.param)


class Witness:
    """Carries calls to a simulated X for a week, and notes what does not keep the contract."""

    def __init__(self, connection: Connection, contract: Contract) -> None:
        self.connection, self.contract = connection, contract
        self.world = seeded_world(150, 7)
        self.x, self.days = X(self.world), Days(self.world)
        self.faults: list[str] = []
        self.seen: Counter[str] = Counter()

    def want(self, **settings: str) -> None:
        for name, value in settings.items():
            call(self.connection, "setting_set", p_name=name.replace("__", "."), p_value=value)
        popular = self.world.most_followed(150)
        hidden = [user for user in popular if self.world.accounts[user].state != "active"][:3]
        shy = [user for user in popular if self.world.accounts[user].protected][:3]
        self.authors = [user for user in popular[:6] if 20 < self.world.post_count(user) < 3000]
        asked = self.authors + hidden + shy + [1]
        call(self.connection, "specified_users_set", p_stable_key="all", p_user_ids=asked)
        source = {"kind": "segment_specified_users", "params": {"stable_key": "all"}}
        call(
            self.connection,
            "root_enable",
            p_kind="post_corpus_for_segment",
            p_params={"source": source},
        )
        for subject in popular[:2] + hidden[:1] + shy[:1]:
            params = {"subject_id": str(subject)}
            call(self.connection, "root_enable", p_kind="segment_mutuals", p_params=params)
        handles = [self.world.accounts[user].handle for user in popular[6:9]] + ["nobody_is_this"]
        call(self.connection, "sync_handles", p_handles=handles)

    def live(self, days: int) -> None:
        for _ in range(days * 2):
            self.x.now += timedelta(hours=12)
            call(self.connection, "set_now", schema="simulation", p_at=self.x.now)
            self.days.advance_to(self.x.now)
            # An author's oldest post is missed by a sweep, and looked up by its id.
            author = min(self.authors, key=self.world.post_count)
            self.world.delete(self.x.now, author, 0)
            again = True
            while again:
                tick = call(self.connection, "engine_tick", p_worker="w", p_slots=50)
                for wanted in tick["calls"]:
                    self.carry(wanted["call_id"], wanted["path"], wanted["query"])
                again = tick["again"] or bool(tick["calls"])

    def carry(self, call_id: int, path: str, query: Mapping[str, str]) -> None:
        self.faults += [f"asked: {fault}" for fault in self.contract.request_faults(path, query)]
        answer = self.x.get(path, **query)
        media_type = answer.headers["content-type"].split(";")[0]
        self.faults += [
            f"answered: {fault}"
            for fault in self.contract.answer_faults(path, answer.status_code, media_type, answer.json())
        ]
        end = path.rsplit("/", 1)[-1]
        self.seen["tweets of a user" if end == "tweets" and "users" in path else end] += 1
        call(
            self.connection,
            "engine_response",
            p_call_id=call_id,
            p_status=answer.status_code,
            p_headers=dict(answer.headers),
            p_body=answer.text,
        )


@pytest.mark.db
def test_a_week_of_calls_and_answers_keeps_the_contract(
    clocked_database: Database, contract: Contract
) -> None:
    with clocked_database.connect() as connection:
        witness = Witness(connection, contract)
        witness.want(reconcile__posts_after="2 days", reconcile__after="2 days")
        witness.live(4)
    assert not sorted(set(witness.faults))[:20]
    assert set(witness.seen) == ASKED


def test_the_contract_can_be_broken(contract: Contract) -> None:
    users: dict[str, Any] = {"data": [{"id": "1", "name": "a", "username": "a"}]}

    def asked(path: str, **query: str) -> list[str]:
        sent = {name.replace("__", "."): value for name, value in query.items()}
        return list(contract.request_faults(path, sent))

    def answered(body: object) -> list[str]:
        return list(contract.answer_faults("/2/users", 200, "application/json", body))

    assert not asked("/2/users", ids="1,2", user__fields="created_at,verified")
    assert asked("/2/users", ids="1,two")
    assert asked("/2/users"), "what is required"
    assert asked("/2/users", ids="1", user__fields="created_at,no_such_field")
    assert asked("/2/users", ids="1", no_such_parameter="1")
    assert asked("/2/users/7/followers", max_results="1001")
    assert asked("/2/users/seven/followers")
    assert asked("/2/users/7/tweets", tweet__fields="author_id"), "the old vocabulary"
    assert not answered(users)
    assert answered({"data": [{"id": 1, "name": "a", "username": "a"}]}), "an id that is a number"
    assert answered({"data": [{"id": "1", "name": "a", "username": "a", "no_such_field": 1}]})
    assert answered(users | {"no_such_part": []})
    assert answered(users | {"errors": [{"type": "https://api.x.com/2/problems/no-such", "title": "a"}]})
