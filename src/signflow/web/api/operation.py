"""What an operation of the API is, and reading what a request gives it. One declaration says what is routed, read and described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from signflow.rounds.access import Act
from signflow.web.api.problems import Fault, Problem

JSON = "application/json"
_MOST_PLACES = 20
Kind = TypeVar("Kind", bound=BaseModel)


class Given(BaseModel):
    """Something that a program gives: nothing in it that is not known, so that a misspelt name is told and not passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """Something that a program is told. More may come in later versions."""

    model_config = ConfigDict(frozen=True)


class NoParameters(Given):
    """An address without parameters."""


@dataclass(frozen=True, slots=True)
class File:
    """Bytes, of one of some kinds.

    Attributes:
        media_types: The kinds; a request names one of them.
        about: What the bytes are.
    """

    media_types: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed the door: `visitor`, `actor` and `document_of` tell for whom and of what."""

    request: Request
    parameters: BaseModel
    body: BaseModel | None
    data: bytes

    def given(self, kind: type[Kind]) -> Kind:
        """The parameters, or the body, of that kind: which of the two is what the operation declares."""
        for one in (self.parameters, self.body):
            if isinstance(one, kind):
                return one
        raise TypeError(kind)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for.

    Attributes:
        name: Names it in the description.
        method: Of HTTP.
        path: After `/api/v1`, with parameters in braces.
        act: What is done; None for what every token may.
        summary: In a few words.
        about: What is guaranteed.
        answer: Makes the answer.
        result: What a good answer holds.
        status: Of a good answer.
        parameters: In the address, after the question mark.
        body: What is sent; None for nothing.
        problems: Statuses of refusals that only this operation has.
        values: What parameters of the path are, as schemas; those that are not there are names.
    """

    name: str
    method: str
    path: str
    act: Act | None
    summary: str
    about: str
    answer: Callable[[Call], Response | Told]
    result: type[Told] | File
    status: int = 200
    parameters: type[Given] = NoParameters
    body: type[Given] | File | None = None
    problems: tuple[int, ...] = ()
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])


def read_parameters(operation: Operation, request: Request) -> BaseModel:
    """The parameters after the question mark.

    Raises:
        Problem: They are not what is declared, or one comes twice.
    """
    sent = request.query_params.multi_items()
    names = [name for name, _ in sent]
    twice = sorted({name for name in names if names.count(name) > 1} & set(_names(operation.parameters)))
    if twice:
        raise Problem(Fault.PARAMETERS, where=twice)
    try:
        return operation.parameters.model_validate(dict(sent))
    except ValidationError as error:
        raise Problem(Fault.PARAMETERS, where=_places(error, operation.parameters)) from None


async def read_body(operation: Operation, request: Request) -> tuple[BaseModel | None, bytes]:
    """What was sent: as JSON, as bytes, or nothing.

    Raises:
        Problem: It is of another kind, or not what is declared.
        RefusedError: It is too large.
    """
    wanted = operation.body
    if wanted is None:
        return None, b""
    accepted = wanted.media_types if isinstance(wanted, File) else (JSON,)
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in accepted:
        raise Problem(Fault.MEDIA_TYPE, {"Accept": ", ".join(accepted)}, accepted=list(accepted))
    data = await request.body()
    if isinstance(wanted, File):
        return None, data
    try:
        return wanted.model_validate_json(data), b""
    except ValidationError as error:
        raise Problem(Fault.BODY, where=_places(error, wanted)) from None


def _names(model: type[BaseModel]) -> list[str]:
    return [one.alias or name for name, one in model.model_fields.items()]


def _places(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """The names of what is wrong. Of names that nobody declared only that there are some: what was sent is not repeated."""
    known = set(_names(model))
    places = (str(one["loc"][0]) if one["loc"] else "*" for one in error.errors(include_url=False, include_input=False))
    return sorted({place if place in known else "*" for place in places})[:_MOST_PLACES]
