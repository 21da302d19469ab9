"""What systems elsewhere do not take, and what an administrator does about it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signflow.rounds.access import Act, may
from signflow.steps.ports import Ports
from signflow.store.deliveries import HookTrouble
from signflow.web.doors import StaffRoute, visitor
from signflow.web.pages import Pages


class WebhookPages:
    """`/webhooks`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [StaffRoute(Act.MANAGE, "/webhooks", self.page, methods=["GET"])]

    def page(self, request: Request) -> Response:
        """Each webhook that somebody should look at, and how it is let go on."""
        return self._pages.render(request, "webhooks.html.j2", troubles=webhook_troubles(self._ports, request))


def webhook_troubles(ports: Ports, request: Request) -> tuple[HookTrouble, ...]:
    """What whoever looks should do something about; nothing for who is no administrator."""
    return ports.deliveries.troubles() if may(visitor(request), Act.MANAGE) else ()
