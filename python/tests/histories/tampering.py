"""Faults behind the engine's back, which a verification must find, and nothing else (A13)."""

from __future__ import annotations

from histories.history import History
from histories.model.assets import Asset
from histories.operations import Operation
from histories.watch import check

# What is damaged, as what it must be found, and whether it concerns a member.
_DAMAGES = (
    ("count", "member_count", False),
    ("position", "position", False),
    ("checkpoint", "checkpoint", False),
    ("revision", "revision", False),
    ("lost member", "member", True),
    ("stranger", "member", True),
    ("first appearance", "first_appearance", True),
    ("lost event", "event_count", True),
    ("ended edge", "computation", True),
    ("ended post", "computation", True),
)
_OF_EDGES = ("segment_followers", "segment_followed")
_OF_POSTS = ("post_corpus_for_segment",)


def damage(history: History, operation: Operation) -> None:
    """Something goes wrong: it is found and mended, and undone; or it is left to the engine to find."""
    judge = history.judge
    found = [
        asset for asset in judge.wanted() if judge.assets.successes[asset] and asset not in judge.damaged
    ]
    if not found:
        return
    asset = found[operation.a % len(found)]
    number = judge.number_of(asset)
    wrong = [f for f, _ in history.engine.see("findings_of", instance_id=number) or []]
    check(not wrong, f"A13: {asset} is in order, and a verification finds {wrong}")
    if operation.c % 3 == 0 and not operation.is_undone:
        history.engine.see("damage", instance_id=number, damage=("count", "position")[operation.b % 2])
        judge.damaged.add(asset)
    else:
        _try(history, asset, number, operation.b)


def _try(history: History, asset: Asset, number: int, b: int) -> None:
    """Damage, verify, repair, verify; all of it undone."""
    has_members = bool(history.judge.assets.last(asset).members)
    # An instance that has yet to read what moved cannot be computed as it was (asset.unread_inputs).
    is_current = history.judge.assets.is_current(asset)
    fitting = [
        (what, finding)
        for what, finding, needs_member in _DAMAGES
        if (has_members or not needs_member)
        and (what != "ended edge" or (asset.kind in _OF_EDGES and is_current))
        and (what != "ended post" or (asset.kind in _OF_POSTS and is_current))
    ]
    what, finding = fitting[b % len(fitting)]
    with history.engine.trial():
        history.engine.see("damage", instance_id=number, damage=what)
        wrong = history.engine.see("findings_of", instance_id=number) or []
        check(
            finding in [f for f, _ in wrong],
            f"A13: {asset} has a damage ({what}), and a verification finds {wrong}",
        )
        mended = history.engine.see("mended", instance_id=number) or []
        check(finding in mended, f"A13: {asset} has a damage ({what}), and a repair finds {mended}")
        left = [
            f
            for f, remedy in history.engine.see("findings_of", instance_id=number) or []
            if remedy == "rebuild"
        ]
        check(not left, f"A13: {asset} had a damage ({what}), and after the repair there is {left}")
