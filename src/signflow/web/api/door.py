"""The door for programs: a token, how often it may ask, and whether it may do that, asked before anything is read or done.

Strangers with wrong tokens are not counted: a token cannot be guessed, and whoever shares an address with a program could
otherwise lock it out. Source: RFC 6750 (Bearer tokens), RFC 6585, 4 (429).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from signflow.rounds.access import may
from signflow.rounds.tokens import scope_of
from signflow.steps.ports import Ports
from signflow.steps.tokens import bearer
from signflow.web.allowance import Allowance
from signflow.web.api.operation import JSON, Call, Operation, Told, read_body, read_parameters
from signflow.web.api.problems import PLACE, Fault, Problem
from signflow.web.doors import GuardedRoute, document_for

_REALM = 'Bearer realm="signflow"'
_REQUESTS, _PERIOD = 600, dt.timedelta(minutes=1)


class Door:
    """Who comes with a token, and whether they may."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._requests = Allowance(_REQUESTS, _PERIOD, ports.clock)

    def enter(self, request: Request, operation: Operation) -> None:
        """Let the request in: who asks, and the document of the address, are noted on it.

        Raises:
            Problem: There is no valid token, it asks too often, or it is not for that.
            NotFoundError: There is no such document, or the token may not do that with it.
        """
        sent = request.headers.getlist("authorization")
        scheme, _, token = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
        if scheme.lower() != "bearer":
            raise Problem(Fault.TOKEN_MISSING, {"WWW-Authenticate": _REALM})
        person = bearer(self._ports, token.strip())
        if person is None:
            raise Problem(Fault.TOKEN_INVALID, {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'})
        take(self._requests, person.name, _PERIOD / _REQUESTS)
        request.state.person = person
        if operation.act is None:
            return
        if not may(person, operation.act):
            scope = scope_of(operation.act)
            needed = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
            raise Problem(Fault.SCOPE_MISSING, {"WWW-Authenticate": needed}, scope=str(scope))
        if "document" in request.path_params:
            document_id: str = request.path_params["document"]
            request.state.document = document_for(self._ports.store, person, operation.act, document_id)


def take(allowance: Allowance, name: str, each: dt.timedelta) -> None:
    """Count a piece of work for that token.

    Raises:
        Problem: It has used up its allowance; the header says when there is one again.
    """
    if not allowance.take(f"token:{name}"):
        raise Problem(Fault.TOO_MANY, {"Retry-After": str(math.ceil(each.total_seconds()))})


class TokenRoute(GuardedRoute):
    """An address for programs with a token, for whatever methods it takes."""

    def __init__(self, door: Door, operations: Sequence[Operation]) -> None:
        """The operations, all of the same path."""
        self.operations: Mapping[str, Operation] = {one.method: one for one in operations}
        self._door = door
        super().__init__(PLACE + operations[0].path, self._answer, methods=list(self.operations))

    async def _answer(self, request: Request) -> Response:
        operation = self.operations["GET" if request.method == "HEAD" else request.method]
        await run_in_threadpool(self._door.enter, request, operation)
        parameters = read_parameters(operation, request)
        body, data = await read_body(operation, request)
        told = await run_in_threadpool(operation.answer, Call(request, parameters, body, data))
        return told if isinstance(told, Response) else as_json(told, operation.status)


def as_json(told: Told, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(told.model_dump_json(by_alias=True), status, headers, JSON)
