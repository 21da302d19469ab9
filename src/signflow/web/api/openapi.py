"""The description of the API, made of the very declarations that route and read. Source: OpenAPI Specification 3.1.1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from signflow.rounds.tokens import ACTS, scope_of
from signflow.web.api.operation import JSON, File, Given, Operation, Told
from signflow.web.api.problems import PLACE, PROBLEM

_REF = "#/components/schemas/{model}"
_OF_ALL = (401, 429, 503)
_HEADERS = {401: ("WWW-Authenticate",), 403: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_ABOUT = (
    "Documents on their way from draft to archive, for other systems of the organisation. A token is made with "
    "`signflow token create` and sent as `Authorization: Bearer`. Sentences are in the language that Accept-Language asks "
    "for, Swedish or English; codes and fields are the same in both."
)


class ProblemTold(Told):
    """Why a request was not answered as asked. Source: RFC 9457."""

    type: Literal["about:blank"]
    title: str = Field(description="Of the status.")
    status: int
    detail: str = Field(description="What is wrong and what to do, for people.")
    code: str = Field(description="What is wrong, for programs; stable.", examples=["no-such-document"])
    params: dict[str, Any] = Field(description="What the sentence is filled in with.")


def describe(operations: Sequence[Operation], public_url: str) -> dict[str, Any]:
    """The whole description."""
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(re.sub(r":\w+}", "}", one.path), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.1",
        "info": {"title": "signflow", "version": version("signflow"), "description": _ABOUT},
        "servers": [{"url": f"{public_url}{PLACE}"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"With one or several of the scopes {', '.join(ACTS)}.",
                }
            },
        },
        "security": [{"token": []}],
    }


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    told: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [(ProblemTold, "serialization")]
    for one in operations:
        if isinstance(one.body, type):
            told.append((one.body, "validation"))
        if isinstance(one.result, type):
            told.append((one.result, "serialization"))
    _, schema = models_json_schema(list(dict.fromkeys(told)), ref_template=_REF)
    found: dict[str, Any] = schema["$defs"]
    return found


def _operation(one: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"{one.about} Scope: `{scope_of(one.act)}`." if one.act else f"{one.about} For every token.",
        "parameters": [*_path_parameters(one), *_query_parameters(one.parameters)],
        "responses": {str(one.status): _good(one), **{str(status): _bad(status) for status in _bad_statuses(one)}},
    }
    if one.act:
        described["x-scope"] = scope_of(one.act)
    if isinstance(one.body, File):
        content = {kind: {} for kind in one.body.media_types}
        described["requestBody"] = {"required": True, "description": one.body.about, "content": content}
    elif one.body:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(one.body)}}}
    return described


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    named = re.findall(r"{(\w+)", one.path)
    plain = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[0-9A-Za-z_.~-]+$"}
    return [{"name": name, "in": "path", "required": True, "schema": one.values.get(name, plain)} for name in named]


def _query_parameters(model: type[Given]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    shared: dict[str, Any] = schema.get("$defs", {})
    needed = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in needed,
            "description": about.pop("description", ""),
            "schema": _without_null(about, shared),
        }
        for name, about in schema.get("properties", {}).items()
    ]


def _without_null(about: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter. One that may be left out is none, and not null."""
    kept = {name: value for name, value in about.items() if name not in {"title", "anyOf", "default"}}
    if about.get("default") not in {None, ""}:
        kept["default"] = about["default"]
    kinds = [_resolved(kind, shared) for kind in about.get("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) == 1:
        return {**kinds[0], **kept}
    return {"anyOf": kinds, **kept} if kinds else _resolved(kept, shared)


def _resolved(kind: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    name = str(kind.get("$ref", "")).rpartition("/")[2]
    return {key: value for key, value in shared[name].items() if key != "title"} if name in shared else kind


def _good(one: Operation) -> dict[str, Any]:
    phrase = HTTPStatus(one.status).phrase
    if isinstance(one.result, File):
        content = {kind: {} for kind in one.result.media_types}
        return {"description": one.result.about, "content": content}
    return {"description": phrase, "content": {JSON: {"schema": _ref(one.result)}}}


def _bad(status: int) -> dict[str, Any]:
    headers = {name: {"schema": {"type": "string"}} for name in _HEADERS.get(status, ())}
    content = {PROBLEM: {"schema": _ref(ProblemTold)}}
    return {"description": HTTPStatus(status).phrase, "content": content, **({"headers": headers} if headers else {})}


def _bad_statuses(one: Operation) -> list[int]:
    found = {*_OF_ALL, *one.problems, 422}
    if one.act:
        found.add(403)
    if "{document}" in one.path:
        found.add(404)
    if one.body:
        found |= {413, 415}
    return sorted(found)


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
