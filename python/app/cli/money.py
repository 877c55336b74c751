"""rookery cost, spend, budget, price: what is spent, what is to come, and what may be spent at most."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import typer

from app import database
from app.cli.arguments import AsJson, Limit, number
from app.cli.output import show_facts, show_rows
from app.cli.session import operator

budgets = typer.Typer(help="Say what may be spent at most.", no_args_is_help=True)
prices = typer.Typer(help="Say what X bills for one resource.", no_args_is_help=True)

COST = ("what", "spent_usd", "expected_usd")
SPEND = {
    "call": ("spend", ("utc_day", "call", "sent", "resources", "billed", "settled_usd", "booked_usd")),
    "root": ("spend_by_root", ("utc_day", "root_id", "call", "sent", "settled_usd", "booked_usd")),
}
NO_BUDGETS = "no budgets yet: rookery budget set everything month USD"
BUDGETS = ("scope", "period", "cap_usd", "spent_usd", "left_usd", "held_calls", "ends_at")

By = Annotated[str, typer.Option("--by", metavar="WHAT", help="root, call or day.")]
Scope = Annotated[str, typer.Argument(metavar="SCOPE", help="everything, root:ID, or call:KIND.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="day or month, in UTC.")]
SpendBy = Annotated[Literal["call", "root"], typer.Option("--by", help="By the calls, or by roots too.")]
Resource = Annotated[str, typer.Argument(metavar="RESOURCE", help="What is billed: user, follow, post, ….")]
Owned = Annotated[bool, typer.Option("--owned", help="Of the own account's lists (x_v2.own_account).")]
Usd = Annotated[str, typer.Argument(metavar="USD", help="The amount, in US dollars.")]


def cost(context: typer.Context, by: By = "root", as_json: AsJson = False) -> None:
    """Show what was spent this month (UTC), and what is expected for the rest of it, in US dollars."""
    with operator(context) as connection:
        rows = database.call(connection, "cost", p_by=by)
    total = {"what": "total", **{name: sum(row[name] for row in rows) for name in COST[1:]}}
    show_rows(rows if as_json else [*rows, total], COST, as_json=as_json)


def spend(context: typer.Context, by: SpendBy = "call", as_json: AsJson = False, limit: Limit = 100) -> None:
    """Show what was spent, UTC day by UTC day, the latest first."""
    view, columns = SPEND[by]
    order = ["-utc_day", *(column for column in columns[1:3] if column in ("root_id", "call"))]
    with operator(context) as connection:
        rows = database.read_view(connection, view, order=order, limit=limit)
    show_rows(rows, columns, as_json=as_json, empty="nothing was spent yet")


@prices.command("list")
def list_prices(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List what X bills for one of each, in US dollars."""
    with operator(context) as connection:
        rows = database.read_view(connection, "prices", order=["resource"], limit=limit)
    show_rows(rows, ("resource", "usd", "owned_usd"), as_json=as_json)


@prices.command("set")
def set_price(
    context: typer.Context, resource: Resource, usd: Usd, owned: Owned = False, as_json: AsJson = False
) -> None:
    """Say what X bills for one from now on."""
    amount = _amount(usd)
    with operator(context) as connection:
        database.call(connection, "price_set", p_resource=resource, p_is_owned=owned, p_usd=amount)
    show_facts({"resource": resource, "owned": owned, "usd": amount}, as_json=as_json)


@budgets.command("list")
def list_budgets(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the budgets: what is spent in this period, what is left, how many calls wait."""
    with operator(context) as connection:
        rows = database.call(connection, "budgets")
    show_rows(
        rows[:limit],
        BUDGETS,
        as_json=as_json,
        empty=NO_BUDGETS,
    )


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
    return number(text, "US dollars, such as 99.50")
