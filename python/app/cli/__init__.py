"""The command line: what operators type. It holds no rule and no SQL; each command calls the database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli import (
    config,
    db,
    demo,
    doctor,
    engine,
    fanout,
    money,
    records,
    root,
    run,
    segment,
    size,
    sources,
    up,
    user,
    web,
    why,
)
from app.cli.cells import cell
from app.cli.session import version
from app.errors import RookeryError

EXIT_STATUSES = (
    "Exit status: 0 done. 1 a fault that the command cannot mend: the database does not answer, a sync that "
    "was waited for failed, a verification found something. 2 a mistake in the command or in the settings; "
    "nothing was changed. 130 interrupted."
)

app = typer.Typer(
    name="rookery",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog=EXIT_STATUSES,
)

# The commands in the order in which --help shows them. A test knows what of the database each calls.
WANT = "Say what you want"
LOOK = "Look"
MONEY = "Money"
RUN = "Run it"
GROUPS = {
    WANT: {
        "root": root.roots,
        "fanout": fanout.fanouts,
        "kind": root.kinds,
        "subscription": sources.subscriptions,
    },
    LOOK: {
        "segment": segment.segments,
        "corpus": segment.corpora,
        "user": user.users,
        "run": run.runs,
        "decision": records.decisions,
        "webhook": sources.webhooks,
        "why": why.whys,
    },
    MONEY: {"budget": money.budgets, "price": money.prices},
    RUN: {"provider": sources.providers, "config": config.config, "db": db.db},
}
COMMANDS = {
    WANT: (engine.sync,),
    LOOK: (why.why_not, records.metrics),
    MONEY: (money.cost, money.spend),
    RUN: (up.up, engine.worker, web.web, doctor.doctor, engine.tick, why.verify, why.repair, demo.demo),
}
db.db.command()(size.size)
for panel, groups in GROUPS.items():
    for name, group in groups.items():
        app.add_typer(group, name=name, rich_help_panel=panel)
    for command in COMMANDS[panel]:
        app.command(rich_help_panel=panel)(command)

# typer brings its own copy of click, of which only this descendant has a public name.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def print_version(wanted: bool) -> None:
    """Print the version and stop, if that is what was asked for."""
    if wanted:
        print(f"rookery {version()}")
        raise typer.Exit


DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="FOLDER", help="The embedded database's folder [ROOKERY_DATA_DIR]."),
]
Version = Annotated[
    bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=print_version)
]


@app.callback()
def options(context: typer.Context, data_dir: DataDir = None, show_version: Version = False) -> None:
    """Keep segments of X users and corpora of their posts fresh, in PostgreSQL.

    Without DATABASE_URL an embedded PostgreSQL is used, and started when needed.
    """
    del show_version
    context.obj = data_dir


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with a status: see EXIT_STATUSES."""
    given = hoisted(sys.argv[1:] if arguments is None else arguments)
    sys.exit(guarded(lambda: app(args=given, prog_name="rookery", standalone_mode=False)))


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with --data-dir in front, so that it may stand anywhere before a `--`."""
    rest = list(arguments)
    end = rest.index("--") if "--" in rest else len(rest)
    for at in range(end):
        if rest[at] == "--data-dir":
            return rest[at : at + 2] + rest[:at] + rest[at + 2 :]
        if rest[at].startswith("--data-dir="):
            return [rest[at], *rest[:at], *rest[at + 1 :]]
    return rest


def guarded(run: Callable[[], object]) -> int:
    """Run, and turn a fault into one line on stderr and an exit status."""
    try:
        status = run()
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except RookeryError as fault:
        return _complain(fault.line(), fault.exit_status)
    except UsageError as fault:
        return _complain(_usage(fault), 2)
    except UnicodeEncodeError:
        return _complain("an argument holds bytes that are not UTF-8; write it in UTF-8", 2)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as fault:
        return _complain(
            ": ".join(str(part) for part in (fault.filename, fault.strerror or fault) if part), 1
        )


def _complain(line: str, status: int) -> int:
    if line:
        print(f"rookery: {cell(line)}", file=sys.stderr)
    return status


def _usage(fault: Exception) -> str:
    """What was wrong with the arguments; nothing where the help was shown instead."""
    message = str(getattr(fault, "format_message", lambda: fault)()).replace("Value error, ", "")
    context = getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":
        return ""
    return f"{message.rstrip('.')}; see `{context.command_path if context else 'rookery'} --help`"
