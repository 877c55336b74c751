"""What happens at X, and what is told of it by webhooks."""

from __future__ import annotations

import json

from histories import world as worlds
from histories.history import History
from histories.operations import Operation
from histories.senders import Delivery
from histories.watch import check


def world(history: History, operation: Operation) -> None:
    """Something happens at X."""
    worlds.happen(history.world, history.ids, history.now, operation.a, operation.b, operation.c)


def event(history: History, operation: Operation) -> None:
    """A webhook delivers: something that is true, something old, the same once more, or something odd."""
    _receive(history, operation, [history.senders.write(history.now, operation.a, operation.b, operation.c)])


def tell(history: History, operation: Operation) -> None:
    """X delivers what has happened to those it is to tell of; now and then some of it is lost."""
    deliveries = history.senders.tell({user_id for _, user_id in history.judge.ingest.told})
    _receive(history, operation, deliveries if operation.a % 4 else deliveries[1:])


def _receive(history: History, operation: Operation, deliveries: list[Delivery]) -> None:
    if not deliveries:
        return
    events = [{"source": each.source, "body": json.dumps(each.payload)} for each in deliveries]
    results = history.say(operation, "webhook_receive", events=events)
    for delivery, result in zip(deliveries if results else (), results or (), strict=True):
        found = history.judge.inbox.receive(delivery.told, result["event_id"])
        check((result["event_id"], result["is_duplicate"]) == found, f"W1: {result} is event {found}")
    history.compare()
