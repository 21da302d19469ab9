"""One Prefect server for all tests of the service in a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from running_service import PrefectForTests


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectForTests]:
    server = PrefectForTests(tmp_path_factory.mktemp("prefect") / "home")
    yield server
    server.stop()
