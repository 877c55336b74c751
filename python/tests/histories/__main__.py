"""`python -m histories prove COUNT` plays many histories on all cores; `replay SEED` one, twice."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from time import monotonic

from app import database
from histories.engine import Engine, engine, prepare
from histories.prove import explain, replay
from throwaway import VERSIONS, Throwaway, deploy_into, server

_TEMPLATE = "histories"


def main() -> int:
    """Run what the command line asks for; 0 if no rule was broken."""
    parser = argparse.ArgumentParser(prog="histories", description=__doc__)
    parser.add_argument("what", choices=("prove", "replay"))
    parser.add_argument("number", type=int, help="how many histories; the seed of one")
    parser.add_argument("--pg", choices=VERSIONS, default="15")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    with _prepared(asked.pg) as running:
        if asked.what == "replay":
            return _replay(running, asked.number)
        return _prove(running, asked.first, asked.number)


@contextmanager
def _prepared(version: str) -> Iterator[Throwaway]:
    with server(version) as running:
        with closing(database.connect(running.url())) as connection:
            database.create_database(connection, _TEMPLATE)
        deploy_into(running.url(dbname=_TEMPLATE), clocked=True)
        prepare(running.url(dbname=_TEMPLATE))
        yield running


def _replay(running: Throwaway, seed: int) -> int:
    with engine(running.url(dbname=_TEMPLATE)) as found:
        first, again = replay(found, seed), replay(found, seed)
        print(f"seed {seed}: state {first.state}, and again {again.state}")
        if first.broken is not None:
            print(explain(found, first))
    return 0 if first.broken is None and first == again else 1


def _prove(running: Throwaway, first: int, count: int) -> int:
    cores = min(os.cpu_count() or 1, 8)
    began, broken = monotonic(), 0
    with closing(database.connect(running.url())) as connection:
        for core in range(cores):
            database.create_database(connection, f"{_TEMPLATE}_{core}", template=_TEMPLATE)
    urls = [running.url(dbname=f"{_TEMPLATE}_{core}") for core in range(cores)]
    with multiprocessing.Pool(cores, _take_core, (multiprocessing.Value("i", -1), urls)) as pool:
        for done, told in enumerate(pool.imap_unordered(_play, range(first, first + count)), 1):
            if told is not None:
                broken += 1
                print(told, flush=True)
            if done % 100 == 0 or done == count:
                each = (monotonic() - began) / done
                print(f"{done} of {count} histories, {broken} broken, {each:.2f} s each", flush=True)
    return 1 if broken else 0


_engines: list[Engine] = []


def _take_core(number: object, urls: list[str]) -> None:
    """Each process has a database and sessions of its own, to its end."""
    with number.get_lock():  # type: ignore[attr-defined]
        number.value += 1  # type: ignore[attr-defined]
        url = urls[number.value]  # type: ignore[attr-defined]
    _engines.append(_sessions.enter_context(engine(url)))


_sessions = ExitStack()


def _play(seed: int) -> str | None:
    outcome = replay(_engines[0], seed)
    return None if outcome.broken is None else explain(_engines[0], outcome)


if __name__ == "__main__":
    sys.exit(main())
