"""What operators do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from histories import world as worlds
from histories.history import History
from histories.model.assets import SUBJECT_KINDS, Asset, Root, Windows
from histories.model.graph import LISTS
from histories.operations import KEYS, KINDS, SETTINGS, Operation


def _asset(history: History, a: int, b: int) -> Asset:
    kind = KINDS[a % len(KINDS)]
    if kind == "segment_specified_users":
        return Asset(kind, KEYS[b % len(KEYS)])
    if kind == "post_corpus_for_segment":
        sources = (*SUBJECT_KINDS, "segment_specified_users", "segment_specified_users")
        source = sources[a // len(KINDS) % len(sources)]
        return Asset(kind, _asset(history, KINDS.index(source), b))
    return Asset(kind, str(history.ids[worlds.SUBJECTS[b % len(worlds.SUBJECTS)]]))


def _params(asset: Asset) -> dict[str, Any]:
    """As operators give them."""
    if isinstance(asset.param, Asset):
        return {"source": {"kind": asset.param.kind, "params": _params(asset.param)}}
    return {"stable_key" if asset.kind == "segment_specified_users" else "subject_id": asset.param}


def _enable(history: History, operation: Operation, root: Root, windows: Windows) -> None:
    within = {
        "fresh_within": windows.fresh and f"{windows.fresh:.0f} s",
        "reconcile_within": windows.reconcile and f"{windows.reconcile:.0f} s",
        "reconcile_doubt": windows.doubt and Decimal(windows.doubt),
    }
    name = "root_enable" if root.target_kind is None else "fanout_root_enable"
    if history.say(operation, name, **_arguments(root), **within) is not None:
        history.judge.assets.enabled[root] = windows
        history.judge.name_asset(root.asset)
    history.compare()


def _arguments(root: Root) -> dict[str, Any]:
    if root.target_kind is None:
        return {"kind": root.asset.kind, "params": _params(root.asset)}
    source = {"source_kind": root.asset.kind, "source_params": _params(root.asset)}
    return source | {"target_kind": root.target_kind, "mode": root.mode}


def _windows(c: int) -> Windows:
    fresh, reconcile, doubt = (None, None, 3600.0, 7200.0), (None, None, 86400.0), (None, None, 30.0)
    return Windows(fresh[c % 4], reconcile[c // 4 % 3], doubt[c // 12 % 3])


def enable(history: History, operation: Operation) -> None:
    """An operator enables a root."""
    _enable(history, operation, Root(_asset(history, operation.a, operation.b)), _windows(operation.c))


def widen(history: History, operation: Operation) -> None:
    """An operator edits the windows of a root that is enabled."""
    enabled = list(history.judge.assets.enabled)
    if enabled:
        _enable(history, operation, enabled[operation.a % len(enabled)], _windows(operation.b))


def fan(history: History, operation: Operation) -> None:
    """An operator enables a fanout over one of the smaller segments."""
    source = _asset(history, (0, 1, 2, 4)[operation.a % 4], operation.b)
    mode = ("global_per_item", "scoped_by_source")[operation.a // 4 % 2]
    _enable(history, operation, Root(source, SUBJECT_KINDS[operation.c % 4], mode), Windows())


def disable(history: History, operation: Operation) -> None:
    """An operator disables a root."""
    enabled = list(history.judge.assets.enabled)
    if not enabled:
        return
    root = enabled[operation.a % len(enabled)]
    name = "root_disable" if root.target_kind is None else "fanout_root_disable"
    if history.say(operation, name, **_arguments(root)) is not None:
        del history.judge.assets.enabled[root]
        history.disabled.append(root)
    history.compare()


def wake(history: History, operation: Operation) -> None:
    """An operator enables again what was disabled last."""
    if history.disabled:
        _enable(history, operation, history.disabled[-1], Windows())


def edit(history: History, operation: Operation) -> None:
    """An operator edits a set of users; one id is of nobody."""
    key, ids = KEYS[operation.a % 2], [*history.ids, worlds.NOBODY]
    some = {ids[(operation.b + i * (1 + operation.c % 3)) % len(ids)] for i in range(operation.c % 4)}
    how = ("set", "add", "remove")[operation.a // 2 % 3]
    arguments = {"stable_key": key, "user_ids": sorted(some)}
    if history.say(operation, f"specified_users_{how}", **arguments) is not None:
        listed = history.judge.assets.sets[key][-1]
        history.judge.assets.edit(key, {"set": some, "add": listed | some, "remove": listed - some}[how])
    history.compare()


def budget(history: History, operation: Operation) -> None:
    """An operator sets a budget, or takes it away: on everything, on a kind of call, or on a root."""
    roots = [f"root:{number}" for number, *_ in history.judge.seen.rows("assets", "roots")]
    scopes = ("everything", "everything", "call:followers", "call:users", *roots[-3:])
    scope = scopes[operation.a % len(scopes)]
    usd = (None, "0.05", "0.2", "1", "5")[operation.b % 5]
    period = ("day", "month")[operation.c % 2]
    history.say(operation, "budget_set", scope=scope, period=period, usd=usd and Decimal(usd))
    history.judge.caps.clear()
    history.compare()


def setting(history: History, operation: Operation) -> None:
    """An operator changes a setting in the midst of it all."""
    name, values = list(SETTINGS.items())[operation.a % len(SETTINGS)]
    value = values[operation.b % len(values)]
    if history.say(operation, "setting_set", name=name, value=value) is not None:
        history.change_setting(name, value)
    history.compare()


def subscribe(history: History, operation: Operation) -> None:
    """An operator has connected a webhook to what somebody does, or no longer; to half of it is to none."""
    user_id = history.ids[worlds.SUBJECTS[operation.a % len(worlds.SUBJECTS)]]
    both = ["follow.follow", "follow.unfollow"]
    types = (both, both, [*both, "post.create"], [], ["follow.follow"])[operation.b % 5]
    if history.say(operation, "subscription_set", user_id=user_id, event_types=types) is not None:
        told = history.judge.ingest.told
        for kind in LISTS:
            if len(types) > 1:
                told.setdefault((kind, user_id), [])
            else:
                told.pop((kind, user_id), None)
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
        history.judge.market.stopped_at = None
    history.compare()
