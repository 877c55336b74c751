"""What an operator can do on the page: each form is one function, called by the operator's login (W4, W5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import database
from app.errors import OperatorMistake
from app.web.page.asking import Ask, Shown
from app.web.page.login import read_form
from app.web.page.sessions import Session, Sessions, is_own
from app.web.problems import bad_fields
from app.web.values import Id, Word

NOTICES = {
    "root_enable": "It is kept fresh from now on.",
    "root_disable": "It is not kept fresh any more. Its history stays.",
    "sync_request": "This run was asked for.",
    "run_cancel": "The run was cancelled. What it brought stays.",
    "provider_resume": "Buying goes on.",
    "users_look_up": "X is asked.",
}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is no JSON") from None


Params = Annotated[dict[str, Any], BeforeValidator(_parsed)]
Names = Annotated[list[Word], BeforeValidator(lambda value: [value]), Field(max_length=1)]


class Fields(BaseModel):
    """The fields of a form, named as the arguments of its function are without their p_."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AssetFields(Fields):
    """Which asset."""

    kind: Word
    params: Params


class SyncFields(Fields):
    """Which sync."""

    sync_kind: Word
    subject_id: Id
    mode: Literal["full", "incremental"]


class RunFields(Fields):
    """Which run."""

    run_id: Id


class ProviderFields(Fields):
    """Which provider."""

    provider: Word


class NameFields(Fields):
    """Whom to look up."""

    names: Names


@dataclass(frozen=True, slots=True)
class Action:
    """A form: the function of api that it calls, and which page shows what came of it."""

    name: str
    fields: type[Fields]
    place: Callable[[Any, Any], str]


ACTIONS = (
    Action("root_enable", AssetFields, lambda _, result: f"/instances/{result}"),
    Action("root_disable", AssetFields, lambda _, result: f"/instances/{result}"),
    Action("sync_request", SyncFields, lambda _, result: f"/runs/{result}"),
    Action("run_cancel", RunFields, lambda fields, _: f"/runs/{fields.run_id}"),
    Action("provider_resume", ProviderFields, lambda *_: "/"),
    Action("users_look_up", NameFields, lambda _, runs: f"/runs/{runs[0]}" if runs else "/users"),
)


async def carry_out(action: Action, request: Request, session: Session, sessions: Sessions) -> Response:
    """Do it, and go to where it shows.

    Raises what the database says, and 403 for a form that is not of a page of this session.
    """
    form = await read_form(request)
    if session.role != "operator":
        raise HTTPException(403, "this takes an operator: log in with ROOKERY_OPERATOR_TOKEN")
    if not is_own(request) or not sessions.is_marked(session, form.get("mark", "")):
        raise HTTPException(403, "this form was not sent by a page of this session; open the page again")
    try:
        fields = action.fields.model_validate(form)
    except ValidationError as error:
        raise bad_fields(error) from None
    arguments = {f"p_{name}": getattr(fields, name) for name in action.fields.model_fields}
    async with database.lent(request.state.operators) as connection:
        result = await database.call_async(connection, action.name, **arguments)
    return RedirectResponse(f"{action.place(fields, result)}?done={action.name}", 303)


async def consider(ask: Ask) -> Shown:
    """What would it cost to keep an asset fresh? Nothing is made and nothing is bought by asking."""
    pool = getattr(ask.request.state, "operators", None)
    if ask.session.role != "operator" or pool is None:
        raise HTTPException(403, "this takes an operator: log in with ROOKERY_OPERATOR_TOKEN")
    kinds = await ask.rows("kinds", order=["kind"])
    kind = next((row for row in kinds if row["kind"] == ask.said("kind")), None)
    if kind is None or ask.said("of") is None:
        return Shown("consider.html", {"kinds": kinds, "kind": kind, "estimate": None, "of": ask.said("of")})
    params = await _params_of(ask, kind["params"], ask.said("of") or "")
    async with database.lent(pool) as connection:
        estimate = await database.call_async(
            connection, "root_estimate", p_kind=kind["kind"], p_params=params
        )
    content = {"kinds": kinds, "kind": kind, "of": ask.said("of"), "params": params, "estimate": estimate}
    return Shown("consider.html", content)


async def _params_of(ask: Ask, types: dict[str, str], of: str) -> dict[str, Any]:
    """What was typed, as params: a user, a name, or, where it takes more, all of them as JSON."""
    if len(types) == 1:
        ((name, kind),) = types.items()
        if kind == "name":
            return {name: of}
        if kind == "user_id":
            return {name: str(await _user(ask, of))}
    try:
        params = json.loads(of)
    except ValueError:
        params = None
    if not isinstance(params, dict):
        expected = json.dumps(dict.fromkeys(types, "…"), ensure_ascii=False)
        raise OperatorMistake(f"{of!r} is no JSON object", hint=f"write the params as {expected}")
    return params


async def _user(ask: Ask, of: str) -> int:
    (found,) = await ask.call("users_find", p_names=[of])
    if found["user_id"] is None:
        raise OperatorMistake(
            f"nobody here is known as {of}",
            hint="look the handle up first, or give the id",
        )
    return int(found["user_id"])
