"""X's API as a document says it (OpenAPI 3.0): whether a request may be sent so, and an answer look so."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

Json = dict[str, Any]

# Written from X's public reference, the post vocabulary only, and no more than Rookery asks for.
OURS = Path(__file__).with_name("x_contract.json")


class Contract:
    """One document: X's own, or ours. It is read strictly: a property that it does not name is a fault."""

    def __init__(self, path: Path) -> None:
        self.document: Json = json.loads(path.read_text(encoding="utf-8"))
        self.components = _strict(self.document["components"])

    def request_faults(self, path: str, query: Mapping[str, str]) -> Iterator[str]:
        """What is wrong with a GET: path, a parameter that there is not, a value that it does not take."""
        operation, in_path = self._operation(path)
        parameters = {each["name"]: each for each in map(self._followed, operation["parameters"])}
        for name, text in (in_path | dict(query)).items():
            if name not in parameters:
                yield f"{path} takes no {name}"
                continue
            schema = parameters[name]["schema"]
            yield from self._faults(schema, self._read(schema, text), f"{path}: {name}")
        for name, each in parameters.items():
            if each.get("required") and name not in in_path and name not in query:
                yield f"{path} lacks {name}"

    def answer_faults(self, path: str, status: int, media_type: str, body: object) -> Iterator[str]:
        """What is wrong with an answer's body."""
        responses = self._operation(path)[0]["responses"]
        content = responses.get(str(status), responses["default"])["content"]
        if media_type not in content:
            yield f"{path} answers {status} with {media_type}"
            return
        yield from self._faults(content[media_type]["schema"], body, f"{path} {status}")

    def _operation(self, path: str) -> tuple[Json, dict[str, str]]:
        for template, methods in self.document["paths"].items():
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
            # A plain path before one with a placeholder: /2/users/by is no id.
            if found and ("{" not in template or path not in self.document["paths"]):
                return methods["get"], found.groupdict()
        raise AssertionError(f"there is no {path}")

    def _followed(self, each: Json) -> Json:
        reference = each.get("$ref")
        if reference is None:
            return each
        found: Json = self.document["components"]["parameters"][reference.rsplit("/", 1)[-1]]
        return found

    def _read(self, schema: Json, text: str) -> object:
        """A query's value as the document types it; lists are joined by commas."""
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        match schema.get("type"):
            case "array":
                return text.split(",")
            case "integer":
                return int(text)
            case _:
                return text

    def _faults(self, schema: Json, value: object, where: str) -> Iterator[str]:
        whole = {"allOf": [_strict(schema)], "components": self.components}
        for error in jsonschema_rs.Draft7Validator(whole).iter_errors(value):
            yield f"{where}: {error.message} at {'/'.join(map(str, error.instance_path))}"


def _strict(schema: Any) -> Any:
    """OpenAPI's schemas as JSON Schema: null where it is allowed, and no property that is not named."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _strict(each) for name, each in schema.items()}
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if made.get("type") == "object" and isinstance(made.get("properties"), dict):
        made.setdefault("additionalProperties", False)
    return made
