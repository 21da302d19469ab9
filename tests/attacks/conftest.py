"""One set of honest papers for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attack_judges import quiet
from attack_papers import Papers


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("attacks"))


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    with quiet():
        yield
