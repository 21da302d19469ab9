"""A browser at this machine, as the secretary has one: it tells the truth about where forms come from."""

from __future__ import annotations

import warnings

from starlette.exceptions import StarletteDeprecationWarning

from life import Life
from signflow.web.app import build_app

with warnings.catch_warnings():
    # the test client prefers a package that is not released yet under the name it will have
    warnings.simplefilter("ignore", StarletteDeprecationWarning)
    from starlette.testclient import TestClient

__all__ = ["ORIGIN", "TestClient", "browser"]

ORIGIN = "http://127.0.0.1:8080"


def browser(life: Life, **headers: str) -> TestClient:
    return TestClient(
        build_app(life.ports),
        base_url=ORIGIN,
        client=("127.0.0.1", 50000),
        headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **headers},
        follow_redirects=False,
        raise_server_exceptions=False,
    )
