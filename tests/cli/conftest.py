"""The command line with a data folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CommandLine


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    data = tmp_path / "data"
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SIGNFLOW_DATA", str(data))
    monkeypatch.setenv("SIGNFLOW_ORGANISATION", "Södertörnskommunerna")
    monkeypatch.chdir(tmp_path)
    return CommandLine(data)
