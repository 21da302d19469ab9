"""A draft is read in a process of its own: what that process may take, and that its end harms nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from real_minutes import SAMPLE
from signflow.minutes import read_draft
from signflow.steps.apart import Limits
from signflow.steps.read_apart import read_apart

LIBERAL = Limits(seconds=60.0)
LONG = SAMPLE.read_bytes() + b"\n\nStycke efter stycke." * 20_000


def test_the_reading_is_the_same_as_in_this_process() -> None:
    data = SAMPLE.read_bytes()
    assert read_apart(data, SAMPLE.name, LIBERAL) == read_draft(data, SAMPLE.name)


@pytest.mark.parametrize("limits", [Limits(seconds=0.0), Limits(seconds=60.0, memory_bytes=1_000_000)])
def test_what_takes_too_much_is_refused_with_a_finding(limits: Limits) -> None:
    reading = read_apart(LONG, "long.md", limits)
    assert reading.minutes is None
    assert [finding.code for finding in reading.findings] == ["draft-too-slow"]


def test_a_refusal_does_not_touch_the_next_draft() -> None:
    data = SAMPLE.read_bytes()
    read_apart(LONG, "long.md", Limits(seconds=60.0, memory_bytes=1_000_000))
    assert read_apart(data, SAMPLE.name, LIBERAL).minutes is not None


def test_several_threads_read_at_once() -> None:
    drafts = [SAMPLE.read_bytes().replace(b"ledningsgrupp, 1", f"ledningsgrupp, {n}".encode()) for n in range(6)]
    with ThreadPoolExecutor(3) as threads:
        titles = list(threads.map(lambda data: read_apart(data, "draft.md", LIBERAL).minutes.title, drafts))
    assert [title.rsplit(" ", 1)[1] for title in titles] == [str(n) for n in range(6)]
