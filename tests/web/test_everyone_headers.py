"""Where people reach the web over TLS, every answer says that there is no other way; elsewhere none does."""

from __future__ import annotations

import pytest
from every_page import Reader, Walk
from visitor import TestClient

from life import Life
from signflow.web.app import build_app

PUBLIC = "https://signera.example.org"
HEADER = "strict-transport-security"


class Gone:
    """A store with a defect."""


@pytest.mark.parametrize(("public", "told"), [(PUBLIC, "max-age=63072000"), ("http://127.0.0.1:8080", None)])
def test_every_answer_says_that_there_is_only_tls(life: Life, public: str, told: str | None) -> None:
    life.with_ports(public_url=public)
    with TestClient(build_app(life.ports), base_url=public) as client:
        reader = Reader(Walk(), client)
        for path, status in {"/verify": 200, "/health": 200, "/static/signflow.css": 200, "/sign/nobody": 404}.items():
            assert reader.get("", path, status).headers.get(HEADER) == told, path
        refused = reader.get("", "/verify", 421, headers={"Host": "evil.example"})
        assert refused.headers.get(HEADER) == told
    whole = life.ports.store
    life.with_ports(store=Gone())
    with TestClient(build_app(life.ports), base_url=public, raise_server_exceptions=False) as client:
        assert Reader(Walk(), client).get("", "/health", 500).headers.get(HEADER) == told
    life.with_ports(store=whole)
