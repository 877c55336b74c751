"""What operators do, and what happens at X and is told by its webhooks."""

from __future__ import annotations

import json
from decimal import Decimal

from histories import world as worlds
from histories.history import History
from histories.model import SUBJECT_KINDS, Asset, Root
from histories.operations import KEYS, KINDS, Operation


def _asset(history: History, a: int, b: int) -> Asset:
    kind = KINDS[a % len(KINDS)]
    if kind == "segment_specified_users":
        return Asset(kind, KEYS[b % len(KEYS)])
    if kind == "post_corpus_for_segment":
        sources = (*SUBJECT_KINDS, "segment_specified_users", "segment_specified_users")
        source = sources[a // len(KINDS) % len(sources)]
        return Asset(kind, _asset(history, KINDS.index(source), b))
    return Asset(kind, str(history.ids[worlds.SUBJECTS[b % len(worlds.SUBJECTS)]]))


def enable(history: History, operation: Operation) -> None:
    """An operator enables a root, or asks for another window."""
    asset, within = _asset(history, operation.a, operation.b), (None, None, 3600.0, 7200.0)[operation.c % 4]
    arguments = {"kind": asset.kind, "params": asset.params, "fresh_within": within and f"{within:.0f} s"}
    if history.say(operation, "root_enable", **arguments) is not None:
        history.judge.assets.enabled[Root(asset)] = within
        history.judge.name_asset(asset)
    history.compare()


def fan(history: History, operation: Operation) -> None:
    """An operator enables a fanout over one of the smaller segments."""
    source = _asset(history, (0, 1, 2, 4)[operation.a % 4], operation.b)
    root = Root(
        source, SUBJECT_KINDS[operation.c % 4], ("global_per_item", "scoped_by_source")[operation.a // 4 % 2]
    )
    arguments = {
        "source_kind": source.kind,
        "source_params": source.params,
        "target_kind": root.target_kind,
        "mode": root.mode,
    }
    if history.say(operation, "fanout_root_enable", **arguments) is not None:
        history.judge.assets.enabled[root] = None
        history.judge.name_asset(source)
    history.compare()


def disable(history: History, operation: Operation) -> None:
    """An operator disables a root."""
    enabled = list(history.judge.assets.enabled)
    if not enabled:
        return
    root = enabled[operation.a % len(enabled)]
    if root.target_kind is None:
        result = history.say(operation, "root_disable", kind=root.asset.kind, params=root.asset.params)
    else:
        result = history.say(
            operation, "fanout_root_disable", source_kind=root.asset.kind, source_params=root.asset.params,
            target_kind=root.target_kind, mode=root.mode,
        )  # fmt: skip
    if result is not None:
        del history.judge.assets.enabled[root]
        history.disabled.append(root)
    history.compare()


def wake(history: History, operation: Operation) -> None:
    """An operator enables again what was disabled last."""
    if history.disabled:
        root = history.disabled[-1]
        if root.target_kind is None:
            arguments = {"kind": root.asset.kind, "params": root.asset.params}
            result = history.say(operation, "root_enable", **arguments)
        else:
            source = {"source_kind": root.asset.kind, "source_params": root.asset.params}
            result = history.say(
                operation, "fanout_root_enable", **source, target_kind=root.target_kind, mode=root.mode
            )
        if result is not None:
            history.judge.assets.enabled[root] = None
        history.compare()


def edit(history: History, operation: Operation) -> None:
    """An operator edits a set of users; one id is of nobody."""
    key, ids = KEYS[operation.a % 2], [*history.ids, worlds.NOBODY]
    some = {ids[(operation.b + i * (1 + operation.c % 3)) % len(ids)] for i in range(operation.c % 4)}
    how = ("set", "add", "remove")[operation.a // 2 % 3]
    arguments = {"stable_key": key, "user_ids": sorted(some)}
    if history.say(operation, f"specified_users_{how}", **arguments) is not None:
        listed = history.judge.assets.listed[key]
        history.judge.assets.edit(
            key, set() if how == "remove" else some, {"set": listed - some, "add": set(), "remove": some}[how]
        )
    history.compare()


def budget(history: History, operation: Operation) -> None:
    """An operator sets a budget, or takes it away."""
    scope = ("everything", "everything", "call:followers", "call:users")[operation.a % 4]
    usd = (None, "0.05", "0.2", "1", "5")[operation.b % 5]
    period = ("day", "month")[operation.c % 2]
    history.say(operation, "budget_set", scope=scope, period=period, usd=usd and Decimal(usd))
    history.judge.caps.clear()
    history.compare()


def request(history: History, operation: Operation) -> None:
    """An operator asks for a sync now."""
    kind, user_id = (
        ("followers", "following", "posts", "users")[operation.a % 4],
        history.ids[operation.b % len(history.ids)],
    )
    mode = ("full", "incremental")[operation.c % 2]
    if history.say(operation, "sync_request", sync_kind=kind, subject_id=user_id, mode=mode) is not None:
        history.judge.asked_for.add(("users", user_id))
    history.judge.look()
    history.judge.take_widened()
    history.judge.compare(history.judge.graph.order)


def cancel(history: History, operation: Operation) -> None:
    """An operator cancels a run."""
    runs = [run for run in history.judge.ingest.runs.values() if run.status == "in_progress"]
    if runs:
        run = runs[operation.a % len(runs)]
        history.say(operation, "run_cancel", run_id=run.id)
        history.judge.look()
        if not operation.is_undone:
            history.judge.cancelled.add(run.id)
        history.judge.compare(history.judge.graph.order)


def resume(history: History, operation: Operation) -> None:
    """An operator has mended what X refused to sell for."""
    if history.say(operation, "provider_resume") is not None:
        history.market.stopped_at = None
    history.compare()


def world(history: History, operation: Operation) -> None:
    """Something happens at X."""
    worlds.happen(history.world, history.ids, history.now, operation.a, operation.b, operation.c)


def event(history: History, operation: Operation) -> None:
    """A webhook delivers: something that is true, something old, or the same once more."""
    body = history.inbox.write(history.world, history.ids, operation.a, operation.b, operation.c)
    result = history.say(
        operation, "webhook_receive", events=[{"source": body.source, "body": json.dumps(body.payload)}]
    )
    if result is not None:
        history.inbox.receive(body, result[0])
    history.compare()
