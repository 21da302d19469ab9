"""What all tests share: outside judges that must not be missing in CI, and a house of real rooms in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from life import Life
from real_minutes import SAMPLE

# How long one example takes says more about the machine than about the code; tests of speed measure it themselves.
settings.register_profile("signflow", deadline=None)
settings.load_profile("signflow")
_missing: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-oracles", action="store_true", help="A test that skips fails: every outside judge is wanted."
    )
    parser.addoption("--pictures", help="Keep pictures of the web pages in this folder.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole service wait more than they work: they begin first, and the others fill the time."""
    items.sort(key=lambda item: item.get_closest_marker("service") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        names = [str(mark.args[0]) for mark in item.iter_markers("oracle")]
        _missing.update(names or [item.name])
        if item.config.getoption("--require-oracles"):
            report.outcome = "failed"
            report.longrepr = f"skipped, but every judge is wanted: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    without = sorted(_missing | {_judge(report) for report in terminalreporter.stats.get("skipped", [])})
    if without:
        terminalreporter.write_line(f"Done without: {', '.join(without)}", yellow=True)


def _judge(report: pytest.TestReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else report.nodeid


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A house in a folder of its own, and the people who use it."""
    with Life(tmp_path / "data") as one:
        yield one


@pytest.fixture(scope="session")
def sample() -> bytes:
    """The real minutes that the project started from."""
    return SAMPLE.read_bytes()
