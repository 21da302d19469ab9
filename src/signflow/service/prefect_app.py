"""Prefect's server as `PrefectServer` starts it: as it comes, but quick to be asked again.

On SQLite a request of Prefect's that reads before it writes is answered 503 when another writer came between, and its
client then waits two seconds or more. With `Retry-After` it asks again at once.
"""

from __future__ import annotations

from prefect.server.api.server import create_app as create_prefect_app
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_RETRY_AFTER_S = "0.05"
_UNAVAILABLE = 503


class _AskAgainSoon:
    """Adds the header to every 503."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hurried(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _UNAVAILABLE:
                MutableHeaders(scope=message)["Retry-After"] = _RETRY_AFTER_S
            await send(message)

        await self._app(scope, receive, hurried)


def create_app() -> ASGIApp:
    """Prefect's application, wrapped."""
    return _AskAgainSoon(create_prefect_app())
