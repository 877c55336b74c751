"""The OpenAPI 3.1 document, made from the models that read requests and shape answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.web.operations import Operation
from app.web.problems import MEDIA_TYPE, Problem
from app.web.streams import MEDIA_TYPES

REF = "#/components/schemas/{model}"
Json = dict[str, Any]

REFUSALS = {
    "401": "The token is missing or wrong.",
    "404": "There is no such thing.",
    "422": "Something in the request is not as it must be; `errors` names the fields.",
    "503": "The database cannot be asked just now; Retry-After says when to try again.",
}


def document(operations: Iterable[Operation[Any, Any]], version: str) -> Json:
    """The whole document."""
    operations = tuple(operations)
    answers = {operation.answer for operation in operations} | {Problem}
    references, definitions = models_json_schema(
        [(answer, "serialization") for answer in sorted(answers, key=lambda each: each.__name__)],
        ref_template=REF,
    )
    schemas = {answer: references[answer, "serialization"] for answer in answers}
    paths: Json = {}
    for operation in operations:
        paths[operation.path] = {"get": _describe(operation, schemas)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rookery",
            "version": version,
            "description": "What is kept fresh, who is in it, who came and who left, why, and at what cost.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _describe(operation: Operation[Any, Any], schemas: Mapping[type[BaseModel], Json]) -> Json:
    content: Json = {MEDIA_TYPES["json"]: {"schema": schemas[operation.answer]}}
    if operation.streams:
        content |= {MEDIA_TYPES[form]: {"schema": {"type": "string"}} for form in ("ndjson", "csv")}
    return {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
        "parameters": [*_parameters("path", operation.place), *_parameters("query", operation.query)],
        "responses": {
            "200": {
                "description": "Here it is.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": content,
            },
            "304": {"description": "It is what If-None-Match names."},
            **{
                status: {
                    "description": meaning,
                    "content": {MEDIA_TYPE: {"schema": schemas[Problem]}},
                }
                for status, meaning in REFUSALS.items()
            },
        },
    }


def _parameters(where: str, model: type[BaseModel]) -> list[Json]:
    schema = model.model_json_schema(mode="validation")
    return [
        {
            "name": name,
            "in": where,
            "required": name in schema.get("required", ()),
            **({"description": text} if (text := each.pop("description", None)) else {}),
            "schema": _without_null(each),
        }
        for name, each in schema.get("properties", {}).items()
    ]


def _without_null(schema: Json) -> Json:
    """A query has no null: what is not said is left out."""
    kept = {name: value for name, value in schema.items() if name not in ("title", "default", "anyOf")}
    for each in schema.get("anyOf", ()):
        if each != {"type": "null"}:
            kept |= each
    if schema.get("default") is not None:
        kept["default"] = schema["default"]
    return kept
