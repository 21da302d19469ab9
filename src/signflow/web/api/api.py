"""`/api/v1`: the operations there are, at their addresses, and their description."""

from __future__ import annotations

import json
from collections import defaultdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.steps.ports import Ports
from signflow.web.api.archive import ArchiveOperations
from signflow.web.api.documents import Documents
from signflow.web.api.door import Door, TokenRoute
from signflow.web.api.extracts import Extracts
from signflow.web.api.handing_in import HandingIn
from signflow.web.api.openapi import describe
from signflow.web.api.operation import JSON, Operation
from signflow.web.api.problems import PLACE
from signflow.web.api.rounds import Rounds
from signflow.web.api.verification import Verification
from signflow.web.doors import OpenRoute
from signflow.web.pages import Pages


class Api:
    """`/api/v1/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._door = Door(ports)
        self._operations = operations(ports, pages)
        described = describe(self._operations, ports.public_url)
        self._description = json.dumps(described, ensure_ascii=False, indent=1).encode()

    def routes(self) -> list[Route]:
        """Where it is found. The description is open: it says what this program can do, and nothing of the organisation's."""
        by_path: defaultdict[str, list[Operation]] = defaultdict(list)
        for one in self._operations:
            by_path[one.path].append(one)
        return [
            OpenRoute(f"{PLACE}/openapi.json", self.description, methods=["GET"]),
            *(TokenRoute(self._door, of_path) for of_path in by_path.values()),
        ]

    def description(self, _request: Request) -> Response:
        """What can be asked, how, and what is answered."""
        return Response(self._description, media_type=JSON)


def operations(ports: Ports, pages: Pages) -> list[Operation]:
    """All there are, in the order of their description."""
    return [
        *Documents(ports, pages).operations(),
        *HandingIn(ports, pages).operations(),
        *Rounds(ports, pages).operations(),
        *ArchiveOperations(ports).operations(),
        *Extracts(ports, pages).operations(),
        *Verification(ports, pages).operations(),
    ]
