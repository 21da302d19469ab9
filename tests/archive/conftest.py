from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signflow.archive.archive import Archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index.db"


@pytest.fixture
def archive(root: Path, index: Path) -> Iterator[Archive]:
    with Archive(root, index) as archive:
        yield archive
