"""The set is made once for all tests of the folder."""

from __future__ import annotations

import pytest
from document_set import Document, make_documents


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, ...]:
    return make_documents(tmp_path_factory.mktemp("documents"))
