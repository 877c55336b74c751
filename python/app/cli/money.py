"""rookery cost, budget: what is spent, what is still to come, and what may be spent at most."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from app import database
from app.cli.arguments import AsJson
from app.cli.output import show_facts, show_rows
from app.cli.session import operator
from app.errors import OperatorMistake

budgets = typer.Typer(help="Say what may be spent at most.", no_args_is_help=True)

COST = ("what", "spent_usd", "expected_usd")
BUDGETS = ("scope", "period", "cap_usd", "spent_usd", "left_usd", "held_calls", "ends_at")

By = Annotated[str, typer.Option("--by", metavar="WHAT", help="root, call or day.")]
Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="everything, root:ID, or call:KIND.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="day or month, in UTC.")]
Usd = Annotated[str, typer.Argument(metavar="USD", help="The amount, in US dollars.")]


def cost(context: typer.Context, by: By = "root", as_json: AsJson = False) -> None:
    """Show what was spent this month (UTC), and what is expected for the rest of it, in US dollars."""
    with operator(context) as connection:
        rows = database.call(connection, "cost", p_by=by)
    total = {"what": "total", **{name: sum(row[name] for row in rows) for name in COST[1:]}}
    show_rows(rows if as_json else [*rows, total], COST, as_json=as_json)


@budgets.command("list")
def list_budgets(context: typer.Context, as_json: AsJson = False) -> None:
    """List the budgets: what is spent in this period, what is left, how many calls wait."""
    with operator(context) as connection:
        rows = database.call(connection, "budgets")
    show_rows(rows, BUDGETS, as_json=as_json, empty="no budgets yet: rookery budget set everything month USD")


@budgets.command("set")
def set_budget(
    context: typer.Context, scope: Scope, period: Period, usd: Usd, as_json: AsJson = False
) -> None:
    """Let at most so much be spent in a UTC day or month; what does not fit waits for the next."""
    _set(context, scope, period, _amount(usd), as_json=as_json)


@budgets.command("remove")
def remove_budget(context: typer.Context, scope: Scope, period: Period, as_json: AsJson = False) -> None:
    """Take a budget away."""
    _set(context, scope, period, None, as_json=as_json)


def _set(context: typer.Context, scope: str, period: str, usd: Decimal | None, *, as_json: bool) -> None:
    with operator(context) as connection:
        database.call(connection, "budget_set", p_scope=scope, p_period=period, p_usd=usd)
    show_facts({"scope": scope, "period": period, "cap_usd": usd}, as_json=as_json)


def _amount(text: str) -> Decimal:
    """An amount of money. Which ones can be is the database's to judge."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise OperatorMistake(f"{text[:60]!r} is no amount", hint="write US dollars, such as 99.50") from None
